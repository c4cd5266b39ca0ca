// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Builds an Assessment. Every line that a clinician reads needs its citations to be built at all.
#ifndef CONDYLE_SDK_ANSWER_H_
#define CONDYLE_SDK_ANSWER_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/sdk/citation.h"
#include "condyle/sdk/condition.h"
#include "condyle/sdk/findings.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/pathway.h"
#include "condyle/sdk/truth.h"
#include "condyle/sdk/wire.h"
#include "condyle/v1/assessment.pb.h"

namespace condyle {

// A recommendation as it is worded for everybody. Constants are generated from the pack and the manifest.
struct Advice {
  std::string_view id;
  std::string_view category;
  // Separated by ';'.
  std::string_view tags;
  v1::Grade grade;
  std::string_view text;
  std::string_view phase;
  std::string_view dose;
  Citations citations;
  // Where the sources disagree: each position and the one that is followed. May be empty.
  std::string_view sources_differ = {};
  // The same to the patient. Empty: it is not for handing over.
  std::string_view patient_text = {};
};

// What a recommendation says of this patient.
struct For {
  // Why: names the finding. Shown with the advice.
  std::string reason;
  std::optional<Side> side;
  // How soon, where it matters: "same day".
  std::string_view timeframe;
};

// A likelihood ratio with its interval; leave the interval out where the source gives none.
struct Ratio {
  double point;
  double low = 0;
  double high = 0;
};

// A probability with its range, all from 0 to 1.
struct ProbabilityRange {
  double point;
  double low;
  double high;
  std::string_view basis;
};

// Adds to one conclusion; valid as long as the Answer.
class ConclusionBuilder {
 public:
  explicit ConclusionBuilder(internal::Draft* conclusion) : conclusion_(conclusion) {}
  ConclusionBuilder& On(Side side);
  ConclusionBuilder& On(std::optional<Side> side);
  ConclusionBuilder& Graded(v1::Grade grade);
  ConclusionBuilder& WithProbability(const ProbabilityRange& range, const Citations& citations);
  ConclusionBuilder& Criterion(std::string_view text, Truth state, v1::Grade grade, const Citations& citations,
                               std::optional<Side> side = std::nullopt);

 private:
  internal::Draft* conclusion_;
};

// Fills in one Assessment. Not thread-safe.
class Answer {
 public:
  // Lies in `memory`, where nothing else does. as_of: moment of the assessment, RFC 3339; its day decides which codes
  // are valid. Both must outlive it.
  Answer(internal::DraftMemory* memory, std::string_view plugin_id, std::string_view plugin_version,
         std::string_view as_of);

  // A serialised v1::Assessment, valid until the memory is used again.
  std::string_view Write();

  void SetStatus(v1::Status status) { status_ = status; }
  // True, false, unknown become POSITIVE, NEGATIVE, INSUFFICIENT_DATA.
  void SetStatus(Truth truth);
  v1::Status status() const { return status_; }
  bool positive() const { return status() == v1::STATUS_POSITIVE; }

  // Keeps the highest.
  void RaiseUrgency(v1::Urgency urgency);
  v1::Urgency urgency() const { return urgency_; }
  // One sentence. No diagnosis, no reassurance that the data do not bear.
  void SetSummary(std::string_view text);

  // Carries the codes that are valid on the day of the assessment: the first as its condition, the others as further
  // codings.
  ConclusionBuilder Conclude(const Condition& condition, v1::Status status, const Citations& citations);

  // One line of the trace. The key is that of the input that was read.
  void Evidence(const InputKey& input, std::optional<Side> side, v1::Direction direction, std::string_view statement,
                v1::Grade grade, const Citations& citations, std::optional<Ratio> ratio = std::nullopt);
  // The same for age or sex: "patient.age", "patient.sex".
  void EvidenceOfPatient(std::string_view key, v1::Direction direction, std::string_view statement, v1::Grade grade,
                         const Citations& citations);

  // Emits a recommendation. The same advice for the same side and timeframe is emitted once; further reasons are added
  // to it.
  void Recommend(const Advice& advice, const For& patient);
  bool Recommends(const Advice& advice) const;

  void Hold(std::string_view tag, std::string_view reason, const Citations& citations);
  void Forbid(std::string_view tag, std::string_view reason, const Citations& citations);

  // An unknown input that could change the answer. Asked once per key and side; `safety` if one of the askers says so.
  void Ask(const InputKey& input, std::string_view why, bool safety = false, std::optional<Side> side = std::nullopt);
  // "patient.age" or "patient.sex".
  void AskOfPatient(std::string_view key, std::string_view why, bool safety = false);

  // A stage of care, in the order of the course. STAGE_STATE_UNSPECIFIED where what would tell is not known.
  StageBuilder AddStage(const StageText& stage, v1::StageState state, const Citations& citations);
  // One kind of risk, graded apart from every other kind.
  RiskBuilder AddRisk(const RiskRange& risk, v1::Grade grade, const Citations& citations);
  // A published score; its items make the total.
  ScoreBuilder AddScore(const ScoreText& score, v1::Grade grade, const Citations& citations);

  // A limit of this answer that a reader must know.
  void Caveat(std::string_view text);

 private:
  // What has been recommended or asked for, so that it is not twice.
  struct Given {
    std::string_view id;
    v1::Side side;
    std::string_view timeframe;
    internal::Draft* message;
  };

  void Constrain(std::string_view tag, v1::Effect effect, std::string_view reason, const Citations& citations);
  void AskFor(std::string_view key, std::string_view why, bool safety, v1::Side side);

  internal::Draft* assessment_;
  std::string_view as_of_;
  v1::Status status_ = v1::STATUS_UNSPECIFIED;
  v1::Urgency urgency_ = v1::URGENCY_UNSPECIFIED;
  std::vector<Given> recommended_;
  std::vector<Given> asked_;
};

// Numbers for sentences, in the C locale whatever the process's: the fewest digits that say the value, "38.9", "0.35".
std::string Number(double value);

}  // namespace condyle

#endif  // CONDYLE_SDK_ANSWER_H_
