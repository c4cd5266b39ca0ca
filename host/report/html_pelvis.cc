// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The pelvis from behind, marked on the sides that conclusions and findings name.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/reconcile/tags.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Our own drawing. The right half, x from the midline, y downwards; from behind the patient's right is on the right of
// the page. The left half is its mirror image.
constexpr char kBox[] = "-225 2 450 290";
// Hip bone: the wing with its crest, the socket, the sitting bone.
constexpr char kIlium[] =
    "M43 124C38 112 40 100 46 90C52 74 66 54 88 42C108 31 132 32 148 44C160 53 168 66 169 80"
    "C170 90 164 96 161 106C158 118 158 128 160 140C151 146 143 156 141 168C139 182 142 194 150 202"
    "C144 206 136 208 130 214C124 224 122 240 116 250C110 260 97 262 90 253C83 243 86 230 90 218"
    "C92 210 92 204 88 199C82 197 76 196 72 191C78 186 85 181 86 172C87 158 78 148 66 146"
    "C58 145 50 144 46 138C42 133 42 128 43 124Z";
// Pubic bone with its opening, seen through the outlet.
constexpr char kPubis[] =
    "M120 196C96 196 60 204 6 224C4 230 4 244 6 250C22 252 44 258 62 266C76 272 92 268 100 258L112 236Z";
constexpr char kOpening[] =
    "M86 212C70 211 48 219 38 228C34 234 40 242 54 248C68 254 82 254 88 244C94 232 98 216 86 212Z";
// Top of the thigh bone: head, neck, both trochanters.
constexpr char kFemur[] =
    "M146 160C150 152 166 149 174 157C178 162 182 166 187 164C190 157 201 157 206 165C213 176 210 192 207 204"
    "C202 220 201 240 201 282L172 282C171 254 169 238 164 226C156 222 155 213 161 208C166 204 166 197 160 192"
    "C148 190 142 174 146 160Z";
// Half of the sacrum, and its joint with the hip bone.
constexpr char kSacrum[] =
    "M0 76C10 74 16 70 24 71C36 71 47 76 50 84C50 100 45 112 44 124C40 140 28 154 24 168C20 182 14 190 9 194"
    "C4 196 2 196 0 196";
constexpr char kJoint[] = "M50 84C50 100 45 112 44 124C43 128 41 134 38 139";
// Lines on the bones.
constexpr char kLines[] = "M60 92C78 62 110 46 150 60M86 98C104 92 130 100 142 130M188 168C192 178 190 190 184 200";
// Lines across the hip bone, 9 units apart, for paper without colour.
constexpr char kHatch[] =
    "M54 75L84 45M46 93L100 39M43 105L111 37M43 114L120 37M45 121L127 38M45 129L134 40M48 135L141 43M53 140"
    "L146 46M59 142L151 50M67 144L155 55M74 145L159 60M80 149L162 66M84 153L165 72M87 159L167 80M88 167"
    "L166 89M75 190L160 104M80 193L157 116M87 196L156 126M92 199L157 135M94 207L144 156M92 218L139 171M89 230"
    "L138 180M88 239L139 188M90 247L141 195M93 252L126 219M138 207L145 201M99 256L121 233M107 256L116 247";
// In the middle.
constexpr char kCoccyx[] =
    "M-9 196C-4 194 4 194 9 196C10 201 7 205 5 206C7 210 5 214 3 215C4 220 1 224 0 224C-1 224 -4 220 -3 215"
    "C-5 214 -7 210 -5 206C-7 205 -10 201 -9 196Z";
constexpr char kVertebra[] =
    "M-26 70C-24 60 -24 54 -28 46C-16 42 16 42 28 46C24 54 24 60 26 70C14 66 -14 66 -26 70ZM-27 52"
    "C-40 50 -52 44 -60 46C-58 56 -40 60 -26 62M27 52C40 50 52 44 60 46C58 56 40 60 26 62";
constexpr char kSpinousProcess[] = "M-6 50C-4 44 4 44 6 50L4 70L-4 70Z";
constexpr char kMiddleLines[] =
    "M-5 206L5 206M-3 215L3 215M0 84L0 190M-4 96L4 96M-4 118L4 118M-3 140L3 140M-3 160L3 160";

struct Opening {
  const char *x, *y, *width, *height;
};
constexpr std::array kSacralOpenings = {Opening{"21", "100", "4.2", "4.8"}, Opening{"18", "122", "3.8", "4.4"},
                                        Opening{"15", "143", "3.3", "3.8"}, Opening{"12", "163", "2.8", "3.2"}};

// What is known of one side.
struct SideLines {
  // Conclusions whose criteria are met, and the statements of findings that support one.
  std::vector<std::string> conclusions, pain, findings;
  bool any() const { return !conclusions.empty() || !pain.empty() || !findings.empty(); }
};

void AddOnce(std::vector<std::string>& lines, const std::string& line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
}

// A finding counts once, however many plugins read it; its first reading is shown.
SideLines LinesOf(const v1::Consultation& c, v1::Side side) {
  SideLines lines;
  std::vector<std::string> seen;
  for (const v1::Assessment& a : c.assessments()) {
    for (const v1::Conclusion& conclusion : a.conclusions()) {
      if (conclusion.status() == v1::STATUS_POSITIVE && conclusion.side() == side) {
        AddOnce(lines.conclusions, conclusion.text());
      }
    }
    if (side == v1::SIDE_UNSPECIFIED) continue;
    for (const v1::Evidence& e : a.evidence()) {
      if (e.direction() != v1::DIRECTION_FOR || e.side() != side) continue;
      if (std::find(seen.begin(), seen.end(), e.key()) != seen.end()) continue;
      seen.push_back(e.key());
      AddOnce(TagCovers("pain", e.key()) ? lines.pain : lines.findings, e.statement());
    }
  }
  return lines;
}

void Bone(HtmlWriter& out, std::string_view css_class, std::string_view path) {
  out.Void("path", {{"class", css_class}, {"d", path}});
}

// Both halves of a part, the left one mirrored.
template <typename Draw>
void BothSides(HtmlWriter& out, Draw&& draw) {
  draw(v1::SIDE_RIGHT);
  auto mirrored = out.In("g", {{"transform", "scale(-1 1)"}});
  draw(v1::SIDE_LEFT);
}

void HipBones(HtmlWriter& out, const SideLines& left, const SideLines& right) {
  BothSides(out, [&](v1::Side side) {
    const SideLines& lines = side == v1::SIDE_LEFT ? left : right;
    Bone(out, "bone far", kPubis);
    Bone(out, "hole", kOpening);
    Bone(out, "bone far", kFemur);
    Bone(out, lines.any() ? "bone marked" : "bone", kIlium);
    Bone(out, "fine", kLines);
    if (!lines.pain.empty() || !lines.findings.empty()) Bone(out, "hatch", kHatch);
    if (!lines.conclusions.empty()) Bone(out, "outline", kIlium);
  });
}

void Middle(HtmlWriter& out) {
  Bone(out, "bone", kCoccyx);
  BothSides(out, [&](v1::Side) {
    Bone(out, "bone", kSacrum);
    for (const Opening& o : kSacralOpenings) {
      out.Void("ellipse", {{"class", "hole"}, {"cx", o.x}, {"cy", o.y}, {"rx", o.width}, {"ry", o.height}});
    }
    Bone(out, "joint", kJoint);
  });
  Bone(out, "fine", kMiddleLines);
}

std::string Marked(const SideLines& lines) {
  if (!lines.any()) return "not marked";
  std::vector<std::string> how;
  if (!lines.conclusions.empty()) how.push_back("thick outline");
  if (!lines.pain.empty() || !lines.findings.empty()) how.push_back("hatched");
  return absl::StrCat("marked (", Joined(how, ", "), ")");
}

void Drawing(HtmlReport& report, const SideLines& left, const SideLines& right) {
  HtmlWriter& out = report.out;
  Picture picture(report, "pelvis", kBox, "", "Pelvis from behind",
                  absl::StrCat("Sacrum and tailbone between the two hip bones, with the sacroiliac and hip joints. The "
                               "patient's left is on the left. Left side ",
                               Marked(left), "; right side ", Marked(right), "."));
  Bone(out, "bone far", kVertebra);
  Bone(out, "bone", kSpinousProcess);
  HipBones(out, left, right);
  out.Markup(R"(<rect class="disc" x="-6" y="225" width="12" height="24" />)");
  Middle(out);
  for (const auto& [x, letter, lines] : {std::tuple{"-196", "L", &left}, std::tuple{"196", "R", &right}}) {
    out.Void("circle", {{"class", lines->any() ? "badge on" : "badge"}, {"cx", x}, {"cy", "34"}, {"r", "17"}});
    out.Element("text", letter, {{"class", lines->any() ? "letter on" : "letter"}, {"x", x}, {"y", "41"}});
  }
}

void List(HtmlReport& report, const char* label, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  HtmlWriter& out = report.out;
  out.Element("p", label, {{"class", "label"}});
  auto list = out.In("ul");
  for (const std::string& line : lines) out.Element("li", line);
}

void Side(HtmlReport& report, const char* heading, const SideLines& lines) {
  HtmlWriter& out = report.out;
  auto block = out.In("div");
  Heading(report, "h3", heading);
  if (!lines.any()) out.Element("p", "Nothing that supports a conclusion names this side.", {{"class", "small"}});
  List(report, "Criteria met (thick outline)", lines.conclusions);
  List(report, "Pain (hatched)", lines.pain);
  List(report, "Other findings (hatched)", lines.findings);
}

}  // namespace

void WritePelvis(HtmlReport& report) {
  const SideLines left = LinesOf(report.c, v1::SIDE_LEFT), right = LinesOf(report.c, v1::SIDE_RIGHT);
  const SideLines unknown = LinesOf(report.c, v1::SIDE_UNSPECIFIED);
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "where"}});
  Heading(report, "h2", "Which side", "where");
  {
    auto figure = out.In("div", {{"class", "figure"}});
    Side(report, "Left", left);
    {
      auto drawing = out.In("div", {{"class", "drawing"}});
      Drawing(report, left, right);
      out.Element("p", "Seen from behind. The marks name the side, not the place.", {{"class", "small"}});
    }
    Side(report, "Right", right);
  }
  if (!unknown.conclusions.empty()) {
    out.Element(
        "p", absl::StrCat("Criteria met, side not known or not applicable: ", Joined(unknown.conclusions, "; "), "."));
  }
}

}  // namespace condyle
