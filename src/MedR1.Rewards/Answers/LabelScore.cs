namespace MedR1.Rewards;

/// <summary>How <see cref="MultiLabelReward"/> compares sets of labels.</summary>
public enum LabelScore
{
    /// <summary>2·hits / (given labels + right labels): the harmonic mean of precision and recall.</summary>
    F1,

    /// <summary>1 if the sets are equal, else 0.</summary>
    Exact,

    /// <summary>Hits / labels in either set (Jaccard).</summary>
    IntersectionOverUnion,
}
