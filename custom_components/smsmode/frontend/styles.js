/** Looks of the panel and the cards, in the colours of the theme. */

export const STYLES = `
:host { --ink: var(--primary-text-color, #212121); --soft: var(--secondary-text-color, #666); --ground: var(--primary-background-color, #fafafa);
  --paper: var(--ha-card-background, var(--card-background-color, #fff)); --line: var(--divider-color, #e0e0e0); --accent: var(--primary-color, #0288d1);
  --on-accent: var(--text-primary-color, #fff); --bad: var(--error-color, #c62828); --good: var(--success-color, #2e7d32); --warn: var(--warning-color, #b26a00);
  --tint: color-mix(in srgb, var(--accent) 12%, var(--paper)); --grey: color-mix(in srgb, var(--ink) 8%, var(--paper));
  display: block; color: var(--ink); font: 400 15px/1.45 var(--ha-font-family-body, Roboto, system-ui, sans-serif); -webkit-font-smoothing: antialiased; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h1, h2, p, ul, ol { margin: 0; padding: 0; font-weight: 400; } ul, ol { list-style: none; }
button, input, textarea, select { font: inherit; color: inherit; } button { cursor: pointer; border: 0; background: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; vertical-align: -4px; }
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.panel { display: flex; flex-direction: column; height: 100dvh; background: var(--ground);
  padding: var(--safe-area-inset-top, 0) var(--safe-area-content-inset-right, var(--safe-area-inset-right, 0)) var(--safe-area-inset-bottom, 0) var(--safe-area-content-inset-left, var(--safe-area-inset-left, 0)); }
header { display: flex; align-items: center; gap: 4px 12px; flex: none; min-height: var(--header-height, 56px); padding: 0 12px; color: var(--app-header-text-color, var(--ink));
  background: var(--app-header-background-color, var(--paper)); border-bottom: var(--app-header-border-bottom, 1px solid var(--line)); }
header h1 { font-size: 20px; white-space: nowrap; } .space { flex: 1; }
.round { width: 44px; height: 44px; border-radius: 50%; flex: none; display: grid; place-items: center; }
.round:hover, .tab:hover { background: color-mix(in srgb, currentColor 8%, transparent); } .round .icon { width: 24px; height: 24px; }
.tabs { display: flex; gap: 2px; align-self: stretch; margin-inline-start: 12px; }
.tab { padding: 0 14px; min-height: 44px; border-bottom: 2px solid transparent; border-top: 2px solid transparent; white-space: nowrap; opacity: .75; }
.tab[aria-selected=true] { border-bottom-color: var(--accent); opacity: 1; font-weight: 500; } .tab b { font-weight: 500; }
.credits { display: inline-flex; align-items: center; gap: 8px; min-height: 36px; padding: 4px 14px; border-radius: 99px; border: 1px solid var(--line); background: var(--paper); color: var(--ink);
  white-space: nowrap; font-variant-numeric: tabular-nums; font-size: 14px; position: relative; }
.credits::after { content: ""; position: absolute; inset: -5px 0; } .credits small { color: var(--soft); font-size: 13px; } .credits.low { border-color: var(--warn); } .credits.none { border-color: var(--bad); color: var(--bad); }
select { min-height: 44px; border-radius: 8px; border: 1px solid var(--line); background: var(--paper); color: var(--ink); padding: 0 8px; max-width: 160px; }
.banner { flex: none; padding: 10px 16px; background: color-mix(in srgb, var(--warn) 16%, var(--paper)); font-size: 14px; }
.alerts { flex: none; display: grid; gap: 10px; padding: 12px 12px 0; max-height: 45dvh; overflow-y: auto; } .alerts:empty { display: none; }
.alert { display: flex; gap: 6px 16px; align-items: center; flex-wrap: wrap; padding: 14px 18px; border-radius: 14px; border: 1px solid var(--line); background: var(--paper); }
.alert > .icon { width: 32px; height: 32px; color: var(--soft); } .alert .middle { flex: 1 1 260px; min-width: 0; }
.alert.runs { border-color: var(--bad); background: color-mix(in srgb, var(--bad) 12%, var(--paper)); } .alert.runs > .icon { color: var(--bad); animation: ring 2.4s ease-in-out infinite; }
.alert.acknowledged > .icon, .alert.resolved > .icon { color: var(--good); } .alert h2 { font-size: 16px; font-weight: 500; overflow-wrap: anywhere; }
.alert p { font-size: 14px; } .alert small { color: var(--soft); } .next b { font-variant-numeric: tabular-nums; font-size: 16px; }
@keyframes ring { 0%, 70%, 100% { rotate: 0deg; } 75%, 85% { rotate: -10deg; } 80%, 90% { rotate: 10deg; } }
.chain { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; } .chain .chip { gap: 0; white-space: pre; min-height: 28px; padding: 2px 12px; font-size: 13px; border: 0; background: var(--grey); color: var(--soft); }
.chain .chip.now { background: var(--bad); color: #fff; } .alert.over .chip.now { background: var(--grey); color: var(--ink); } .chain .chip .icon { width: 15px; height: 15px; margin-inline-start: 4px; }
.actions { display: flex; flex-wrap: wrap; gap: 10px; }
.filled, .outlined { min-height: 44px; padding: 0 20px; border-radius: 99px; font-weight: 500; display: inline-flex; align-items: center; gap: 8px; }
.filled { background: var(--accent); color: var(--on-accent); } .filled.danger { background: var(--bad); color: #fff; padding: 0 26px; font-size: 16px; min-height: 48px; } .outlined { border: 1px solid var(--line); background: var(--paper); }
.sure { color: var(--bad) !important; border-color: var(--bad) !important; font-weight: 500; }
.link { color: var(--accent); padding: 12px 6px; margin: -12px 0; font: inherit; font-weight: 500; min-width: 44px; } .link:hover { text-decoration: underline; }
main { flex: 1; min-height: 0; display: flex; gap: 12px; padding: 12px; }
.threads, .chat { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; min-height: 0; display: flex; flex-direction: column; overflow: hidden; }
.threads { width: 330px; flex: none; } .threads ul { overflow-y: auto; flex: 1; } .chat { flex: 1; min-width: 0; }
.search { display: flex; align-items: center; gap: 10px; padding: 0 14px; color: var(--soft); border-bottom: 1px solid var(--line); }
.search input { flex: 1; min-width: 0; min-height: 46px; border: 0; background: none; color: var(--ink); outline: 0; } .search:focus-within { box-shadow: inset 0 0 0 2px var(--accent); border-radius: 13px 13px 0 0; }
.thread { width: 100%; text-align: start; display: grid; grid-template-columns: auto 1fr auto; gap: 0 12px; align-items: center; padding: 11px 14px; min-height: 68px; border-bottom: 1px solid var(--line); }
.thread:hover { background: var(--grey); } .thread[aria-current] { background: var(--tint); } .thread[aria-current] .avatar { background: var(--paper); } .thread:focus-visible { outline-offset: -3px; border-radius: 12px; }
.thread .avatar { grid-area: 1 / 1 / 3; } .thread .name { font-weight: 500; grid-area: 1 / 2; align-self: end; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .thread .when { font-size: 12px; color: var(--soft); align-self: end; grid-area: 1 / 3; }
.thread > :not(.marks) { pointer-events: none; } .thread .latest { color: var(--soft); font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; align-self: start; grid-area: 2 / 2; } .thread .marks { display: flex; gap: 6px; justify-content: end; align-items: center; grid-area: 2 / 3; align-self: start; min-height: 20px; }
.thread .latest .icon { width: 16px; height: 16px; margin-inline-end: 4px; vertical-align: -3px; } .unread .name, .unread .latest { font-weight: 500; color: var(--ink); } .dot { width: 11px; height: 11px; border-radius: 50%; background: var(--accent); }
.avatar { width: 44px; height: 44px; border-radius: 50%; display: grid; place-items: center; background: var(--tint); color: var(--accent); font-weight: 500; overflow: hidden; flex: none; } .avatar img { width: 100%; height: 100%; object-fit: cover; } .avatar .icon { width: 24px; height: 24px; }
.bad { color: var(--bad); } .delivered .icon { color: var(--good); } .failed .icon, .expired .icon { color: var(--bad); }
.head { display: flex; align-items: center; gap: 12px; padding: 10px 16px; border-bottom: 1px solid var(--line); } .head h2 { font-size: 16px; font-weight: 500; overflow-wrap: anywhere; } .head p { font-size: 13px; color: var(--soft); } .head .back { margin-inline: -10px -6px; } .who { min-width: 0; }
.talk { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
.log { flex: 1; overflow-y: auto; padding: 12px 16px; overflow-anchor: none; display: flex; flex-direction: column; } .log:focus-visible { outline-offset: -3px; border-radius: 10px; } .lines { display: flex; flex-direction: column; } .edge { margin-top: auto; }
.edge, .day { text-align: center; color: var(--soft); font-size: 13px; padding: 8px 0; } .day { padding: 14px 0 6px; font-weight: 500; }
.line { display: flex; flex-direction: column; align-items: flex-start; margin: 4px 0; } .line.out { align-items: flex-end; }
.bubble { max-width: min(80%, 560px); padding: 9px 14px; border-radius: 18px 18px 18px 5px; background: var(--grey); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.out .bubble { background: var(--accent); color: var(--on-accent); border-radius: 18px 18px 5px 18px; } .bubble em { opacity: .75; }
.out.pending .bubble { background: none; color: var(--ink); border: 1.5px dashed var(--accent); } .out.cancelled .bubble { background: none; color: var(--soft); border: 1px solid var(--line); text-decoration: line-through; }
.out.bad .bubble { background: color-mix(in srgb, var(--bad) 12%, var(--paper)); color: var(--ink); border: 1px solid var(--bad); }
.under { display: flex; flex-wrap: wrap; align-items: center; gap: 0 6px; font-size: 12.5px; color: var(--soft); padding: 3px 4px 0; max-width: 90%; overflow-wrap: anywhere; } .out .under { justify-content: flex-end; } .under > :not(:first-child):not(button)::before { content: "· "; }
.under .icon { width: 16px; height: 16px; margin-inline-end: 3px; vertical-align: -3.5px; } .bad .under .status { color: var(--bad); } .warn { color: var(--warn); }
.jump { position: absolute; right: 16px; bottom: 12px; width: 44px; height: 44px; border-radius: 50%; background: var(--paper); border: 1px solid var(--line); box-shadow: 0 2px 8px #0003; } .jump .icon { rotate: -90deg; }
.composer { border-top: 1px solid var(--line); padding: 10px 16px 12px; display: grid; gap: 8px; } .warnings li { font-size: 13.5px; color: var(--ink); background: color-mix(in srgb, var(--warn) 14%, var(--paper)); border-radius: 8px; padding: 5px 10px; margin-bottom: 4px; }
.composer .bar { display: flex; flex-wrap: wrap; gap: 6px; justify-content: space-between; } .chips { display: flex; flex-wrap: wrap; gap: 6px; }
.chip { display: inline-flex; align-items: center; gap: 6px; min-height: 34px; padding: 4px 14px; border-radius: 99px; border: 1px solid var(--line); font-size: 14px; position: relative; } button.chip::after { content: ""; position: absolute; inset: -6px 0; } .chip .icon { width: 16px; height: 16px; }
button.chip:hover { background: var(--grey); } .chip[aria-pressed=true] { background: var(--tint); border-color: var(--accent); color: var(--ink); } .chip[aria-pressed=true] .icon { color: var(--accent); }
.later { display: flex; align-items: center; gap: 10px; font-size: 14px; } .later input { min-height: 44px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); padding: 0 10px; color-scheme: inherit; }
.row { display: flex; gap: 10px; align-items: flex-end; } textarea { flex: 1; min-width: 0; min-height: 46px; max-height: 30dvh; resize: none; border: 1px solid var(--line); border-radius: 23px; padding: 11px 18px; background: color-mix(in srgb, var(--ink) 3%, var(--paper)); line-height: 1.4; } textarea:focus { outline: 2px solid var(--accent); outline-offset: -1px; }
.send { width: 46px; height: 46px; border-radius: 50%; flex: none; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; } .send:disabled { background: var(--grey); color: var(--soft); cursor: default; }
.count { font-size: 13px; color: var(--soft); min-height: 19px; font-variant-numeric: tabular-nums; } .count b { color: var(--ink); } .offers { display: flex; flex-wrap: wrap; gap: 6px; font-size: 13px; color: var(--warn); } .offers:empty, .marked:empty { display: none; } .marked { font-size: 13px; color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 58px; overflow: auto; } mark { background: none; color: var(--warn); font-weight: 600; text-decoration: underline 2px; text-underline-offset: 3px; } .offer { color: var(--ink); border-color: var(--warn); }
.notice { position: fixed; z-index: 5; left: 50%; bottom: calc(24px + var(--safe-area-inset-bottom, 0px)); translate: -50%; max-width: min(90vw, 520px); padding: 12px 20px; border-radius: 10px; background: var(--ink); color: var(--paper); box-shadow: 0 4px 16px #0005; } .notice:empty { visibility: hidden; }
.nothing { margin: auto; padding: 24px; text-align: center; color: var(--soft); max-width: 420px; } .nothing .icon { width: 56px; height: 56px; stroke-width: 1.1; color: var(--accent); } .nothing h2 { color: var(--ink); font-size: 18px; margin: 8px 0 2px; } .empty { padding: 16px; color: var(--soft); font-size: 14px; } .empty:empty { display: none; }
.page { flex: 1; min-width: 0; overflow-y: auto; max-width: 1040px; margin: 0 auto; display: flex; flex-direction: column; gap: 14px; } .part, table { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 14px 18px; } .chat > .page { width: 100%; padding: 14px; } .page h2 { font-size: 17px; font-weight: 500; } .help { color: var(--soft); font-size: 14px; }
.rows li { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; padding: 12px 0; border-top: 1px solid var(--line); } .rows li:first-child { border: 0; } .rows .under { padding-inline-start: 0; } .what { min-width: 0; flex: 1 1 240px; } .what p { overflow-wrap: anywhere; unicode-bidi: isolate; }
.title { display: flex; flex-wrap: wrap; gap: 10px; justify-content: space-between; align-items: center; } .sum b { font-size: 28px; font-weight: 500; } .sum { color: var(--soft); } .sum b { color: var(--ink); }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(290px, 100%), 1fr)); gap: 14px; align-items: start; } table { width: 100%; border-spacing: 0; display: block; } tbody, tfoot { display: grid; } tr { display: grid; grid-template-columns: 1fr 44px minmax(64px, auto); gap: 8px; align-items: center; padding: 6px 0; } caption { display: block; text-align: start; font-weight: 500; padding-bottom: 6px; }
th { font-weight: 400; text-align: start; overflow-wrap: anywhere; position: relative; } td { text-align: end; font-variant-numeric: tabular-nums; } td:nth-child(2) { color: var(--soft); } th .bar { display: block; height: 4px; border-radius: 2px; background: var(--accent); opacity: .7; margin-top: 3px; } tfoot { border-top: 1px solid var(--line); font-weight: 500; } tfoot th { font-weight: 500; }
@media (max-width: 870px) { .panel.one main { padding: 8px; } .panel.one .threads { width: auto; flex: 1; } .panel.one.chatting :is(.threads, .tabs, header select) { display: none; } .panel.one:not(.chatting) .chat { display: none; } .threads { width: 270px; }
  .panel.one header { flex-wrap: wrap; padding: 4px 8px 0; } .panel.one .tabs { order: 9; width: 100%; margin: 0; overflow-x: auto; } .panel.one .tab { flex: 1; padding: 0 8px; } .panel.one.chatting header { padding-bottom: 4px; } .alerts { padding: 8px 8px 0; } .alert { padding: 12px 14px; } .alert .middle { flex-basis: 200px; } .alert .actions { width: 100%; } .credits small { display: none; } .composer { padding: 8px 12px; } .composer .chip { padding: 4px 10px; font-size: 13px; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { .bubble, .chip { border: 1px solid; } .dot { background: Highlight; forced-color-adjust: none; } }
`;
