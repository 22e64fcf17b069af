namespace MedR1.Datasets;

/// <summary>What a data set holds, in numbers. Counts are in the order of their names.</summary>
public sealed record DatasetDescription
{
    /// <summary>The data set's name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of examples.</summary>
    public required int Examples { get; init; }

    /// <summary>Number of different pictures; two files with the same content are two.</summary>
    public required int Pictures { get; init; }

    /// <summary>Examples by modality; <c>-</c> where it is not known.</summary>
    public required IReadOnlyDictionary<string, int> ByModality { get; init; }

    /// <summary>Examples by question type; <c>-</c> where it is not known.</summary>
    public required IReadOnlyDictionary<string, int> ByQuestionType { get; init; }

    /// <summary>Examples by data set; <c>-</c> where it is not known.</summary>
    public required IReadOnlyDictionary<string, int> ByDataset { get; init; }

    /// <summary>Examples by their number of options; 0 for open questions.</summary>
    public required IReadOnlyDictionary<string, int> ByOptionCount { get; init; }

    /// <summary>Examples by the right letter; <c>-</c> for open questions.</summary>
    public required IReadOnlyDictionary<string, int> ByAnswerLetter { get; init; }

    /// <summary>Examples by their number of pictures.</summary>
    public required IReadOnlyDictionary<string, int> ByPictureCount { get; init; }

    /// <summary>The pictures' sizes, where they were asked for.</summary>
    public PictureSizes? Sizes { get; init; }

    /// <summary>The numbers as a Markdown table.</summary>
    public override string ToString() => DescriptionTable.Write(this);
}
