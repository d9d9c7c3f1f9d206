namespace NoraPipelines.Cli.Reporting;

/// <summary>The report's style sheet: light, and dark where the reader's system is.</summary>
internal static class ReportStyle
{
    public const string Sheet = """

        :root { --ink:#1d2433; --soft:#5b6475; --page:#f6f7f9; --card:#fff; --edge:#e3e6ec; --a:#2563eb; --b:#d97706; --c:#059669; --d:#9333ea; --e:#dc2626; --f:#0891b2; --g:#a16207; --h:#db2777; --pale:#a9c1f5; }
        @media (prefers-color-scheme: dark) { :root { --ink:#e6e9ef; --soft:#9aa4b5; --page:#12151b; --card:#1a1f28; --edge:#2b323e; --a:#6ea0ff; --b:#f0a73a; --c:#3ecf9a; --d:#c58bff; --e:#ff7a70; --f:#3cc8e0; --g:#c9a227; --h:#ff79b8; --pale:#3a5490; } }
        * { box-sizing:border-box; }
        body { margin:0; background:var(--page); color:var(--ink); font:15px/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width:60rem; margin:0 auto; padding:2.5rem 1.25rem 4rem; }
        h1 { font-size:1.9rem; margin:0; letter-spacing:-.01em; }
        h2 { font-size:1.1rem; margin:0 0 .15rem; }
        .lead { color:var(--soft); margin:.2rem 0 .8rem; font-size:1.05rem; }
        .note { color:var(--soft); margin:0 0 .9rem; max-width:46rem; }
        .chips span { display:inline-block; border:1px solid var(--edge); background:var(--card); border-radius:99px; padding:.1rem .7rem; margin:0 .4rem .4rem 0; font-size:.85rem; }
        section { background:var(--card); border:1px solid var(--edge); border-radius:12px; padding:1.2rem 1.4rem; margin:1rem 0; }
        .figures { display:grid; grid-template-columns:repeat(auto-fit, minmax(15rem, 1fr)); gap:1rem; margin:1rem 0; }
        .figures div { background:var(--card); border:1px solid var(--edge); border-radius:12px; padding:.9rem 1.1rem; }
        .figures b { display:block; font-size:1.45rem; line-height:1.25; letter-spacing:-.01em; white-space:nowrap; }
        .figures small { color:var(--soft); }
        .figures em { font-style:normal; color:var(--soft); font-size:.9rem; }
        table { border-collapse:collapse; width:100%; font-size:.92rem; }
        th { text-align:left; color:var(--soft); font-weight:500; }
        th, td { padding:.35rem .9rem .35rem 0; border-bottom:1px solid var(--edge); vertical-align:top; }
        tbody tr:last-child td { border-bottom:0; }
        .numbers th:not(:first-child), .numbers td:not(:first-child) { text-align:right; font-variant-numeric:tabular-nums; }
        .wide { overflow-x:auto; }
        .wide.close td { white-space:nowrap; }
        svg { width:100%; height:auto; display:block; }
        svg text { fill:var(--soft); font-size:11px; font-variant-numeric:tabular-nums; }
        .grid { stroke:var(--edge); }
        .line { fill:none; stroke-width:2; stroke-linejoin:round; }
        .line.pale { stroke-width:1; }
        .a { stroke:var(--a); } .b { stroke:var(--b); } .c { stroke:var(--c); } .d { stroke:var(--d); } .pale { stroke:var(--pale); }
        .e { stroke:var(--e); } .f { stroke:var(--f); } .g { stroke:var(--g); } .h { stroke:var(--h); } .line.dash { stroke-dasharray:7 4; }
        .dot { stroke:none; } .dot.a { fill:var(--a); } .dot.b { fill:var(--b); } .dot.c { fill:var(--c); } .dot.d { fill:var(--d); }
        .dot.e { fill:var(--e); } .dot.f { fill:var(--f); } .dot.g { fill:var(--g); } .dot.h { fill:var(--h); } .dot.faint { opacity:.4; }
        .whisker { stroke-width:2; } .dot.dash { stroke:var(--card); stroke-width:1.5; }
        .area { stroke:none; opacity:.16; } .histogram { stroke-width:1.5; fill-opacity:.3; }
        .area.a, .histogram.a { fill:var(--a); } .area.b, .histogram.b { fill:var(--b); } .area.c, .histogram.c { fill:var(--c); } .area.d, .histogram.d { fill:var(--d); }
        .area.e { fill:var(--e); } .area.f { fill:var(--f); } .area.g { fill:var(--g); } .area.h { fill:var(--h); }
        svg text.name { fill:var(--ink); font-size:12px; }
        .legend { margin:.2rem 0 .6rem; font-size:.88rem; color:var(--soft); }
        .legend span { margin-right:1.2rem; }
        .legend i { display:inline-block; width:1.1rem; height:3px; border-radius:2px; margin-right:.4rem; vertical-align:middle; }
        .legend i.a { background:var(--a); } .legend i.b { background:var(--b); } .legend i.c { background:var(--c); } .legend i.d { background:var(--d); }
        .legend i.e { background:var(--e); } .legend i.f { background:var(--f); } .legend i.g { background:var(--g); } .legend i.h { background:var(--h); }
        .legend i.dash { mask:repeating-linear-gradient(90deg, #000 0 .35rem, transparent .35rem .55rem); } .legend i.pale { background:var(--pale); }
        .multiples { display:grid; grid-template-columns:repeat(auto-fill, minmax(16rem, 1fr)); gap:1rem; }
        .multiples h3, h3 { font-size:.92rem; margin:.4rem 0 .2rem; font-weight:600; }
        .bars { display:grid; grid-template-columns:max-content 1fr max-content; gap:.35rem .8rem; align-items:center; font-size:.92rem; }
        .bars .track { height:.75rem; }
        .bars .track i { display:block; height:100%; background:var(--a); border-radius:3px; min-width:2px; }
        .bars .value { text-align:right; font-variant-numeric:tabular-nums; color:var(--soft); }
        .pairs { display:grid; grid-template-columns:repeat(auto-fill, minmax(13rem, 1fr)); gap:.2rem 1.6rem; font-size:.92rem; margin:.3rem 0 .8rem; }
        .pairs div { display:flex; justify-content:space-between; border-bottom:1px solid var(--edge); padding:.2rem 0; }
        .pairs span { color:var(--soft); }
        .two { display:grid; grid-template-columns:repeat(auto-fit, minmax(18rem, 1fr)); gap:1.6rem; }
        pre { background:var(--page); border:1px solid var(--edge); border-radius:8px; padding:.8rem 1rem; overflow-x:auto; font:.85rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; margin:.3rem 0 .9rem; white-space:pre-wrap; overflow-wrap:anywhere; }
        .good { color:var(--c); } .bad { color:var(--b); }
        details { border-top:1px solid var(--edge); padding:.5rem 0; }
        summary { cursor:pointer; }
        @media print { body { background:#fff; } section { break-inside:avoid; } }

        """;
}
