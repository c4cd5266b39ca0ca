// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How the page looks: on a telephone first, then wider, then on paper. Shapes and words carry the meaning; colours only
// repeat it, each at least 4.5 to 1 against what is behind it.
#include <string>

#include "absl/strings/str_cat.h"
#include "host/report/html_page.h"
#include "host/report/html_parts.h"

namespace condyle {
namespace {

constexpr char kText[] = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:#fff;color:#17212b;font:16px/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;overflow-wrap:anywhere}
.sheet{max-width:58rem;margin:0 auto;padding:1rem;background:#fff}
h1,h2,h3,h4,p,ul,ol{margin:0}
h1{font-size:1.25rem;line-height:1.3;font-weight:600}
h2{font-size:1.3rem;line-height:1.25;margin-bottom:.6rem;padding-top:.55rem;border-top:3px solid #17212b}
h3{font-size:1.02rem;line-height:1.3;margin-bottom:.35rem}
h4{font-size:.95rem;line-height:1.35;margin:.7rem 0 .25rem}
p+p{margin-top:.3rem}
ul,ol{padding-left:1.25rem}
li+li{margin-top:.3rem}
a{color:#0b4f6c;text-underline-offset:.15em}
a:focus-visible{outline:3px solid #0b4f6c;outline-offset:2px}
code{font:.78rem/1.4 ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;color:#4a5663}
svg{display:block;overflow:visible}
section{margin-top:1.8rem}
.group{margin-top:1rem}
.label{font-size:.74rem;font-weight:700;letter-spacing:.05em;text-transform:uppercase;color:#44515e;margin-top:.6rem}
.lead{color:#44515e}
.small,.faint{color:#44515e;font-size:.86rem;line-height:1.45}
.faint{font-size:inherit}
.cited,.cited a{color:#44515e;font-size:.8rem}
.chip{display:inline-block;max-width:100%;border:1px solid #5d6a76;border-radius:.25rem;padding:0 .35rem;font-size:.74rem;line-height:1.45;font-weight:600;color:#2b3742;background:#fff;vertical-align:.08em}
.chip.opinion,.chip.open{border-style:dashed}
.chip.solid{background:#17212b;border-color:#17212b;color:#fff}
.chip.time{border:2px solid #17212b;color:#17212b}
.chip.held{border-style:dashed;border-color:#44515e;color:#44515e}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin-top:.8rem;font-size:.9rem}
nav a{padding:.2rem 0}
.disclaimer{margin-top:.8rem;font-size:.86rem;color:#2b3742}
.handout .disclaimer{margin-top:1.4rem;padding-top:.6rem;border-top:1px solid #8a96a1}
)css";

constexpr char kBlocks[] = R"css(
.banner{border:2px solid #17212b;border-left-width:.7rem;border-radius:.4rem;padding:.9rem 1rem}
.banner .about{display:flex;flex-wrap:wrap;gap:0 1.2rem;font-size:.84rem;margin-bottom:.4rem}
.banner .word{font-size:1.7rem;font-weight:800;letter-spacing:.02em}
.banner ul,.banner ol{margin-top:.1rem}
.banner .first{font-weight:600}.banner .first .faint{font-weight:400}
.routine{border-color:#0b4f6c;background:#eef5f8}
.self-care{border-color:#2b5d36;background:#eff6f0}
.urgent{border-color:#8a4b00;background:#fff6e5}
.emergency{border-color:#8c1515;background:#8c1515;color:#fff}
.emergency a,.emergency .label,.emergency .faint{color:#fff}
.emergency .chip{background:#fff;color:#8c1515;border-color:#fff}
.emergency a:focus-visible{outline-color:#fff}
.alarm{border:2px dashed #8c1515;border-radius:.4rem;padding:.7rem 1rem;background:#fdf4f3}
.alarm h2{border-top:0;padding-top:0;margin-bottom:.2rem;color:#8c1515}
.alarm ul{margin-top:.4rem}
.rows{list-style:none;padding:0;border-top:1px solid #b9c3cc}
.row{display:grid;grid-template-columns:minmax(0,1fr);align-content:start;gap:0 1.2rem;padding:.4rem 0;border-bottom:1px solid #d5dce2}
.row+.row{margin-top:0}
.name{display:grid;grid-template-columns:26px minmax(0,1fr)}
.mark{margin-top:.2rem}h4 .mark,p>.mark{display:inline-block;vertical-align:-.2em;margin:0}
.solid{fill:#17212b}.cut{fill:none;stroke:#fff;stroke-width:2.2}
.ring{fill:#fff;stroke:#5d6a76;stroke-width:1.6}.dashed{fill:#fff;stroke:#17212b;stroke-width:1.6;stroke-dasharray:3 2.4}
.sign{font-size:12px;font-weight:700;text-anchor:middle;fill:#17212b}
.status,.no-number{font-size:.84rem;line-height:1.4;color:#44515e;padding-left:26px}.row.positive .probability{padding-left:26px}
.row.negative strong,.row.none strong{font-weight:400}
.number{font-size:.95rem}.number strong{font-size:1.15rem}
.bar{margin:.35rem 0 .3rem}.bar text{font-size:11px;fill:#44515e}
.track{fill:#e3e8ec}.tick{stroke:#8a96a1;stroke-width:1}
.range{fill:#0b4f6c}.end{stroke:#0b4f6c;stroke-width:2.5}.point{fill:#fff;stroke:#17212b;stroke-width:2.5}
.figure{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem 1.2rem;font-size:.9rem}
.figure ul{padding-left:1.1rem}
.drawing{order:-1;max-width:26rem;width:100%;margin:0 auto;text-align:center}
.bone{fill:#f7f3ea;stroke:#3c4650;stroke-width:2;stroke-linejoin:round}.far{fill:#e9e3d6}
.marked{fill:#e2eef3}.hole{fill:#fff;stroke:#3c4650;stroke-width:1.3}.disc{fill:#d5dce2;stroke:#3c4650}
.fine{fill:none;stroke:#8a8577;stroke-width:1.3;stroke-linecap:round}
.joint{fill:none;stroke:#3c4650;stroke-width:5;stroke-linecap:round}
.hatch{fill:none;stroke:#0b4f6c;stroke-width:2.2}.outline{fill:none;stroke:#0b4f6c;stroke-width:5;stroke-linejoin:round}
.badge{fill:#fff;stroke:#3c4650;stroke-width:2}.badge.on{fill:#0b4f6c;stroke:#0b4f6c}
.letter{font-size:20px;font-weight:700;text-anchor:middle;fill:#17212b}.letter.on{fill:#fff}
.timeline{margin:.4rem 0 .2rem}
.way{stroke:#5d6a76;stroke-width:3;stroke-dasharray:2 6}.way.done{stroke-dasharray:none}
.stop{fill:#fff;stroke:#5d6a76;stroke-width:2}.stop.past{fill:#d5dce2}
.stop.current{fill:#0b4f6c;stroke:#0b4f6c;stroke-width:4}
.stop-number,.stop-state,.stop-name{font-size:14px;text-anchor:middle;fill:#2b3742}
.stop-number{font-weight:700}.stop-number.current{fill:#fff}
.stop-state{font-size:12px}.stop-state.current{font-weight:700}.stop-name{font-size:13px;display:none}
.stages{list-style:none;padding:0}
.stage{border-left:3px dotted #8a96a1;padding:.1rem 0 .6rem .9rem}
.stage+.stage{margin-top:0}.stage.current{border-left:5px solid #0b4f6c}.stage.past{border-left-style:solid;border-left-color:#b9c3cc}
.held-note{font-weight:700}.stage h4{margin-top:.2rem}
.checks,.effects{list-style:none;padding-left:0}
.advice-list{list-style:none;padding:0}
.advice-list>li{border-left:4px solid #0b4f6c;padding:.15rem 0 .25rem .8rem}
.advice-list>li+li{margin-top:.7rem}.stop-list>li{border-left:4px double #8c1515}
.advice{font-weight:600}
.on-hold{border:2px dashed #5d6a76;border-radius:.4rem;padding:.7rem 1rem;background:#f4f5f6;color:#3b4651}
.on-hold h2{border-top:0;padding-top:0;margin-bottom:.2rem}
.on-hold ul{list-style:none;padding-left:0}
.on-hold q{font-style:italic}
.panels{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;margin-top:.7rem}
.panel{border:1px solid #8a96a1;border-radius:.4rem;padding:.7rem .9rem}
.levels{margin:.4rem 0}.level{fill:#fff;stroke:#8a96a1;stroke-width:1}.level.on{fill:#17212b;stroke:#17212b}
.level-name{font-size:12.5px;text-anchor:middle;fill:#55616d}.level-name.on{fill:#fff;font-weight:700}
.questions{padding-left:1.9rem}.questions>li+li{margin-top:.7rem}.questions+h3{margin-top:1.1rem}
.effects{margin-top:.2rem;font-size:.88rem}.effects>li{border-left:2px solid #8a96a1;padding-left:.6rem}
table{width:100%;border-collapse:collapse;font-size:.88rem;margin:.3rem 0;table-layout:fixed}
th,td{text-align:left;vertical-align:top;font-weight:400;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #d5dce2}
thead th{font-weight:700;border-bottom:2px solid #5d6a76}
.narrow{width:5.6rem}
.plugin{margin-top:1.4rem;padding-top:.8rem;border-top:1px solid #8a96a1}
.receipt{font-size:.78rem;color:#44515e}.receipt code{font-size:.68rem}
.sources{list-style:none;padding:0}
.handout{border-top:1px dashed #5d6a76;margin-top:2.5rem}
.handout h2{border-top:0;font-size:1.7rem}
.blanks{display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem 1.5rem;margin-bottom:1rem}
.blanks p{display:flex;gap:.5rem;margin:0}.blank{flex:1;border-bottom:1px solid #5d6a76}
.net,.go{border:3px solid #17212b;border-radius:.4rem;padding:.8rem 1rem;margin-bottom:1rem;font-size:1.15rem;font-weight:600}
.net h3{font-size:1.4rem}.go ul{font-size:1rem;font-weight:400;margin-top:.5rem}.go-word{font-size:1.7rem;line-height:1.25;font-weight:800}
.block{margin-top:.9rem}.handout>.small{margin-top:1rem}
)css";

constexpr char kWide[] = R"css(
@media (min-width:40rem){
.rows.open,.rows.negative,.rows.none{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2rem}
.row.positive{grid-template-columns:minmax(0,5fr) minmax(0,7fr)}
.row.positive .name{grid-row:1}.row.positive .status{grid-row:2;grid-column:1}
.row.positive{grid-template-rows:auto 1fr}.row.positive .probability{grid-row:1/3;grid-column:2;padding-left:0}
.figure{grid-template-columns:minmax(0,1fr) minmax(0,1.55fr) minmax(0,1fr)}.drawing{order:0}
.stop-name{display:inline}
.columns{columns:2;column-gap:2rem}.columns>li{break-inside:avoid}
.panels{grid-template-columns:repeat(2,minmax(0,1fr))}.panel.wide{grid-column:1/-1}
.blanks{grid-template-columns:repeat(2,minmax(0,1fr))}
}
@media screen and (min-width:62rem){
body{background:#e9edf0;padding:1.5rem 0}
.sheet{padding:2rem 2.4rem;border-radius:.4rem;box-shadow:0 1px 4px #17212b33}
.handout{border-top:0}
}
)css";

constexpr char kPaper[] = R"css(
@media print{
html{font-size:9.5pt}body{font-size:9.5pt;line-height:1.4}
.sheet{max-width:none;padding:0}
nav{display:none}a{color:inherit;text-decoration:none}
h1,h2,h3,h4,.label,.lead,thead{break-after:avoid}
.banner,.alarm li,.rows-group,.row,.figure,.advice-list>li,.on-hold li,.panel,.questions>li,tr,.stage li,.sources>li{break-inside:avoid}
p,li{orphans:3;widows:3}
section{margin-top:1.3rem}
.emergency{background:#fff;color:#17212b;border:4px solid #17212b;border-left-width:1rem}
.emergency a,.emergency .label,.emergency .faint{color:#17212b}
.emergency .chip{background:#fff;color:#17212b;border-color:#17212b}
.chip.solid{background:#fff;color:#17212b;border:2px solid #17212b;font-weight:800}
.routine,.self-care,.urgent,.alarm,.on-hold{background:#fff}
.basis{font-size:8pt;line-height:1.3}.basis .small,.basis .cited,.basis .cited a,.basis table{font-size:7.5pt}.basis .chip{font-size:6.6pt}.basis th,.basis td{padding:.12rem .4rem .12rem 0}.basis code{font-size:6.6pt}
.sources{font-size:7.4pt;line-height:1.3}.sources li+li{margin-top:.1rem}
.handout{page:handout;break-before:page;break-inside:avoid;border-top:0;margin-top:0;font-size:10pt;line-height:1.32}
.handout li+li{margin-top:.12rem}.handout .blanks p{padding-top:.4rem}
}
)css";

// Nothing is loaded and nothing runs, whatever a text of a plugin or a case holds.
constexpr char kPolicy[] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

// The sheet for the patient has no foot.
constexpr char kHandoutPage[] = "@page handout{margin:13mm;@bottom-left{content:none}@bottom-right{content:none}}\n";

}  // namespace

void WriteHead(const std::string& title, std::string_view style, HtmlWriter& out) {
  auto head = out.In("head");
  out.Void("meta", {{"charset", "utf-8"}});
  out.Void("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  out.Void("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.Void("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  out.Void("meta", {{"name", "color-scheme"}, {"content", "light"}});
  out.Element("title", title);
  auto element = out.In("style");
  out.Markup(style);
}

std::string PageStyle(std::string_view foot, std::string_view who) {
  const std::string box =
      "font:7pt/1.3 \"Helvetica Neue\",\"Liberation "
      "Sans\",Arial,sans-serif;color:#2b3742;vertical-align:top;padding-top:3mm;";
  return absl::StrCat(kText, kBlocks, kWide, kPaper, "@page{margin:13mm 13mm 21mm;@bottom-left{content:\"",
                      EscapedCss(foot), "\";width:70%;", box, "}@bottom-right{content:\"", EscapedCss(who),
                      ", page \" counter(page) \" of \" counter(pages);width:30%;text-align:right;", box, "}}\n");
}

std::string HtmlStyle(const v1::Consultation& c) {
  const std::string who = c.case_id().empty() ? "Condyle" : "Condyle, case " + c.case_id().substr(0, 60);
  return PageStyle(c.disclaimer(), who) + kHandoutPage;
}

}  // namespace condyle
