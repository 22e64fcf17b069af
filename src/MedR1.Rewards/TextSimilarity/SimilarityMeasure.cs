namespace MedR1.Rewards;

/// <summary>How <see cref="TextSimilarityReward"/> compares texts.</summary>
public enum SimilarityMeasure
{
    /// <summary>Harmonic mean of precision and recall over words, counting repeated words (SQuAD, arXiv 1606.05250).</summary>
    TokenF1,

    /// <summary>1 − edits / length of the longer text, over characters.</summary>
    LevenshteinRatio,

    /// <summary>Python's <c>difflib.SequenceMatcher(None, answer, right).ratio()</c>, exactly.</summary>
    SequenceMatcher,
}
