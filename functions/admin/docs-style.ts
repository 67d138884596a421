/** The style sheet of the documentation page: readable, light and dark, and nothing to load. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --dim: light-dark(#555, #aaa); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 20rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: .8rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { overflow-wrap: anywhere; padding: .1rem 0; }
nav h3 { margin: 1rem 0 .2rem; }
nav a { color: inherit; text-decoration: none; }
nav a:hover, nav a:focus-visible { text-decoration: underline; }
main { padding: 1rem 2rem 4rem; max-width: 60rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
section { margin: 2rem 0; scroll-margin-top: 1rem; }
h3 code { font-size: 1rem; overflow-wrap: anywhere; }
h4 { margin: 1rem 0 .3rem; }
.method { font: 700 .75rem ui-monospace, monospace; padding: .15rem .45rem; border-radius: .3rem; background: var(--soft); }
.method.get { background: #2a73; } .method.post { background: #27c3; } .method.put { background: #a803; } .method.delete { background: #c223; }
.type, .optional, .about { color: var(--dim); font-size: .85rem; }
.optional { font-style: italic; }
.fields { margin: .2rem 0; padding-left: 1.2rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
dl { display: grid; grid-template-columns: 3.5rem minmax(0, 1fr); gap: .25rem; margin: 0; }
dt { font-weight: 700; } dd { margin: 0; }
pre { background: var(--soft); padding: .75rem; border-radius: .4rem; overflow: auto; font-size: .8rem; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;
