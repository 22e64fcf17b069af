namespace MedR1.Datasets;

/// <summary>The cells of a row, read as the types that an example needs.</summary>
internal readonly struct RowCells(TableRow row)
{
    private static readonly string[] s_endings =
        [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".dcm"];

    /// <summary>The column's name if it is given, else the first usual one that the row has.</summary>
    /// <exception cref="DatasetException">The given column does not exist.</exception>
    public string? Find(string? given, string[] usual)
    {
        if (given is not null)
        {
            return row.Cells.ContainsKey(given) || IsInNull(given)
                ? given
                : throw Fault(given, $"missing. The row has the columns {string.Join(", ", row.Cells.Keys)}.");
        }

        foreach (string name in usual)
        {
            if (row.Cells.ContainsKey(name))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The first usual column whose text ends like the name of an image file.</summary>
    public string? FindImageName(string[] usual)
    {
        TableRow cells = row;
        return usual.FirstOrDefault(name => cells.Cells.GetValueOrDefault(name) is string text && IsImageName(text));
    }

    /// <summary>Whether a text ends like the name of an image file.</summary>
    public static bool IsImageName(string text) =>
        s_endings.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase);

    /// <summary>A single value as text; null if there is no column or no value.</summary>
    public string? Text(string? column)
    {
        if (column is null || row.Cells.GetValueOrDefault(column) is not object cell)
        {
            return null;
        }

        return CellText.Of(cell) ?? throw Fault(column, "a list, an object or an image, but a single value was expected.");
    }

    /// <summary>A right answer as text: a single value or a list; null if there is no column or no value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="separator">What joins a list of several texts; null if such a list is an error.</param>
    public string? Answer(string? column, string? separator)
    {
        if (column is null || row.Cells.GetValueOrDefault(column) is not IReadOnlyList<object?> list)
        {
            return Text(column);
        }

        RowCells cells = this;
        return list.Count == 0
            ? null
            : AnswerList.IfOne(list) ?? AnswerList.Join(list, separator, problem => cells.Fault(column, problem));
    }

    /// <summary>A list of texts; null if there is no value.</summary>
    public string[]? Texts(string column) => row.Cells.GetValueOrDefault(column) switch
    {
        null => null,
        IReadOnlyList<object?> list => Texts(column, list),
        _ => throw Fault(column, "neither a list nor {\"A\": …, \"B\": …}, but a list of strings was expected."),
    };

    /// <summary>One image or a list of them; the paths of image files are added to <paramref name="paths"/>.</summary>
    public IImageSource[] Images(string column, string root, List<string> paths)
    {
        object? cell = row.Cells.GetValueOrDefault(column);
        IReadOnlyList<object?> list = cell as IReadOnlyList<object?> ?? [cell];
        List<IImageSource> images = [];
        foreach (object? one in list)
        {
            switch (one)
            {
                case null:
                    break;
                case IImageSource image:
                    images.Add(image);
                    break;
                case string path:
                    paths.Add(DataPaths.IsBelow(path)
                        ? DataPaths.WithSlashes(path)
                        : throw Fault(column, $"'{Shorten(path)}' is neither a path below the image folder "
                            + "nor a data URI. Images on the web must be downloaded first."));
                    images.Add(new FileImageSource(Path.Combine(root, paths[^1])));
                    break;
                default:
                    throw Fault(
                        column,
                        $"a {(one.GetType() == typeof(object) ? "list or an object" : one.GetType().Name)}, but an image was "
                        + "expected: its bytes, a path, {\"bytes\": …, \"path\": …}, or a list of these.");
            }
        }

        return [.. images];
    }

    /// <summary>The single values, as text, of the columns that are not in <paramref name="used"/>.</summary>
    /// <param name="used">The columns that are left out.</param>
    /// <param name="answers">The columns of right answers, whose lists are taken too if they are one answer.</param>
    public Dictionary<string, string> Others(ReadOnlySpan<string?> used, ReadOnlySpan<string> answers = default)
    {
        Dictionary<string, string> others = new(StringComparer.Ordinal);
        foreach ((string column, object? cell) in row.Cells)
        {
            string? text = used.Contains(column) || cell is null ? null
                : cell is IReadOnlyList<object?> list && answers.Contains(column) ? AnswerList.IfOne(list)
                : CellText.Of(cell);
            if (text is not null)
            {
                others.Add(column, text);
            }
        }

        return others;
    }

    public DatasetException Fault(string column, string problem) =>
        DatasetException.AtField(row.FilePath, row.Index, column, problem);

    // Whether a column is in a structure that is null in this row.
    private bool IsInNull(string column)
    {
        for (int dot = column.IndexOf('.'); dot >= 0; dot = column.IndexOf('.', dot + 1))
        {
            if (row.Cells.TryGetValue(column[..dot], out object? structure) && structure is null)
            {
                return true;
            }
        }

        return false;
    }

    private string[] Texts(string column, IReadOnlyList<object?> list)
    {
        string[] texts = new string[list.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = (list[i] is object item ? CellText.Of(item) : null)
                ?? throw Fault(column, $"entry {i} is not a string.");
        }

        return texts.Length <= OptionLetters.Count
            ? texts
            : throw Fault(column, $"{texts.Length} options, but there are letters for only {OptionLetters.Count}.");
    }

    private static string Shorten(string path) => path.Length > 100 ? path[..100] + "…" : path;
}
