namespace MedR1.Datasets;

/// <summary>Statistics of a data set. Counts are ordered by name.</summary>
public sealed record DatasetDescription
{
    /// <summary>The data set's name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of examples.</summary>
    public required int Examples { get; init; }

    /// <summary>Number of distinct images; two files with the same content count as two.</summary>
    public required int Images { get; init; }

    /// <summary>Examples by modality; <c>-</c> if unknown.</summary>
    public required IReadOnlyDictionary<string, int> ByModality { get; init; }

    /// <summary>Examples by question type; <c>-</c> if unknown.</summary>
    public required IReadOnlyDictionary<string, int> ByQuestionType { get; init; }

    /// <summary>Examples by data set; <c>-</c> if unknown.</summary>
    public required IReadOnlyDictionary<string, int> ByDataset { get; init; }

    /// <summary>Examples by their number of options; 0 for open questions.</summary>
    public required IReadOnlyDictionary<string, int> ByOptionCount { get; init; }

    /// <summary>Examples by the right letter; <c>-</c> for open questions.</summary>
    public required IReadOnlyDictionary<string, int> ByAnswerLetter { get; init; }

    /// <summary>Examples by their number of images.</summary>
    public required IReadOnlyDictionary<string, int> ByImageCount { get; init; }

    /// <summary>The images' sizes, if requested.</summary>
    public ImageSizes? Sizes { get; init; }

    /// <summary>The statistics as a Markdown table, followed by the first image whose size could not be read, if there is one.</summary>
    public override string ToString() => DescriptionTable.Write(this);
}
