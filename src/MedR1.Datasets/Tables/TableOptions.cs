namespace MedR1.Datasets;

/// <summary>How rows of a table become examples.</summary>
public sealed record TableOptions
{
    /// <summary>The meaning of the columns.</summary>
    /// <value>The default looks for the usual names.</value>
    public ExampleColumns Columns { get; init; } = new();

    /// <summary>The folder that image paths are relative to. If given, at least one row must have a column of images.</summary>
    /// <value>The default is <see langword="null"/>: the folder of the file.</value>
    public string? ImageRoot { get; init; }

    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;

    /// <summary>What to do if a question or an answer is missing.</summary>
    /// <value>The default is <see cref="MissingTextHandling.Throw"/>.</value>
    public MissingTextHandling MissingTexts { get; init; } = MissingTextHandling.Throw;

    /// <summary>
    /// What joins an answer that is a list of several texts to the one text that is <see cref="VqaExample.Answer"/>: labels for a reward
    /// that takes them apart, such as MedR1.Rewards' <c>MultiLabelReward</c> with <c>"; "</c>, or answers of which each is right for a
    /// reward of your own. Answer tags around the texts are removed. A list of one value is that value, and a list of numbers, such as
    /// the edges of a box, is written as <c>[1, 2.5]</c>, whatever the separator.
    /// </summary>
    /// <value>The default is <see langword="null"/>: a list of several texts is an error, since it may mean either.</value>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string? AnswerSeparator
    {
        get;
        init
        {
            if (value is "")
            {
                throw new ArgumentException(
                    "An empty AnswerSeparator would run the answers together; use \"; \" or a line break, or null to refuse lists.",
                    nameof(value));
            }

            field = value;
        }
    }

    /// <summary>The folder that a row's image paths are relative to.</summary>
    internal string RootOf(TableRow row) => ImageRoot ?? Path.GetDirectoryName(Path.GetFullPath(row.FilePath))!;
}
