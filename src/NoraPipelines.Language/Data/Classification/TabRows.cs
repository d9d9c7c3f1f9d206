namespace NoraPipelines.Data;

/// <summary>
/// GLUE's .tsv files: the first line names the columns, tabs stand between them, and quotes mean nothing. A row with fewer columns than
/// the header is passed over, as datasets' glue.py does: some of QQP's are broken.
/// </summary>
internal static class TabRows
{
    // CoLA's files have no header: source, label, the author's mark, sentence.
    private static readonly string[] ColaColumns = ["source", "label", "mark", "sentence"];

    public static IEnumerable<NamedRow> Read(ByteWindow window, Action broken)
    {
        string[]? names = null;
        foreach (var row in LineRows.Read(window))
        {
            var values = row.Text.Split('\t');
            if (names is null)
            {
                names = IsCola(values) ? ColaColumns : values;
                if (names.Distinct().Count() != names.Length) throw row.Error($"two columns have one name: {string.Join(", ", names)}. Rename one.");
                if (names != ColaColumns) continue;
            }
            if (values.Length < names.Length) broken();
            else yield return new NamedRow(row, names.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second));
        }
    }

    private static bool IsCola(string[] values) => values is [_, "0" or "1", var mark, _] && mark.All(letter => "*?#!%".Contains(letter));
}
