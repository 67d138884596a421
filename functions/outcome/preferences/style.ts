/** The style sheet of the preference page: readable on a phone, light and dark, and nothing to load. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1d2129, #e9ebef); --dim: light-dark(#5a6270, #a3abb8); --page: light-dark(#f3f4f6, #14161a); --card: light-dark(#fff, #1e2127); --line: light-dark(#e1e4ea, #343943); --blue: light-dark(#1f5fd0, #7aa7ff); --onblue: light-dark(#fff, #0b1220); --bad: light-dark(#a3341f, #ff9d88); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
.language { display: flex; justify-content: flex-end; margin: 0 0 .5rem; font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem 1.25rem 1.5rem; margin: 0 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 0 0 .25rem; }
p { margin: 0 0 .75rem; }
p:last-child { margin-bottom: 0; }
.dim { color: var(--dim); font-size: .92rem; }
a { color: var(--blue); }
fieldset { border: 0; padding: 0; margin: 1.25rem 0 0; min-width: 0; }
legend { padding: 0 0 .3rem; font-weight: 650; }
label, .row { display: flex; gap: .75rem; align-items: flex-start; padding: .7rem 0; border-top: 1px solid var(--line); }
fieldset .dim { margin: 0 0 .5rem; }
label { cursor: pointer; }
input[type=checkbox] { flex: none; width: 1.35rem; height: 1.35rem; margin: .1rem 0 0; accent-color: var(--blue); }
.mark { flex: none; width: 1.35rem; text-align: center; font-weight: 700; color: var(--blue); }
.mark.no { color: var(--dim); }
.state { display: block; color: var(--dim); font-size: .85rem; }
.state.bad { color: var(--bad); }
button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .65rem 1.4rem; border-radius: .5rem; border: 1px solid var(--blue); background: var(--blue); color: var(--onblue); cursor: pointer; text-decoration: none; }
button.quiet, .button.quiet { background: transparent; color: var(--blue); }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
.actions { margin: 1.25rem 0 0; }
ul { margin: .5rem 0 0; padding-left: 1.2rem; }
li { margin: 0 0 .35rem; }
@media (max-width: 30rem) { main { padding: .75rem .75rem 2rem; } .card { padding: 1rem; } button, .button { width: 100%; text-align: center; } }
`;
