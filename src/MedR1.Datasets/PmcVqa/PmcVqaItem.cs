namespace MedR1.Datasets;

/// <summary>Creates an example from one row of PMC-VQA.</summary>
internal static class PmcVqaItem
{
    private static readonly string[] s_letters = ["A", "B", "C", "D"];

    public static VqaExample Read(CsvRow row, string name)
    {
        string figure = row["Figure_path"];
        if (!DataPaths.IsBelow(figure))
        {
            throw row.Fault("Figure_path", $"'{figure}' is not a path below the image folder.");
        }

        string[] options = [.. s_letters.Select(letter => Choice(row[$"Choice {letter}"], letter))];
        int answer = AnswerIndex(row, options);
        Dictionary<string, string> metadata = new(3) { ["Figure_path"] = DataPaths.WithSlashes(figure) };
        foreach (string column in (ReadOnlySpan<string>)["Answer", "Caption"])
        {
            if (row.Find(column) is string text)
            {
                metadata.Add(column, text);
            }
        }

        return new VqaExample
        {
            Id = $"{name}/{row.Index}",
            Question = row["Question"],
            Options = options,
            Answer = options[answer],
            AnswerIndex = answer,
            Dataset = "PMC-VQA",
            Metadata = metadata,
        };
    }

    // ' A:Kidneys ' in the first version, 'Kidneys' in the second.
    private static string Choice(string cell, string letter)
    {
        string text = PythonText.Strip(cell);
        return text.StartsWith($"{letter}:", StringComparison.Ordinal) ? PythonText.Strip(text[2..]) : text;
    }

    // The first version has the letter in the column 'Answer_label'; in the second, 'Answer' is the letter.
    private static int AnswerIndex(CsvRow row, string[] options)
    {
        string column = row.Find("Answer_label") is null ? "Answer" : "Answer_label";
        string written = PythonText.Strip(row[column]);
        int? index = OptionLetters.IndexOf(written) is int letter && letter < options.Length
            ? letter
            : AnswerMatcher.Find(options, written);
        return index ?? throw row.Fault(
            column, $"'{written}' is neither a letter from A to D nor one of the choices {string.Join(" | ", options)}.");
    }
}
