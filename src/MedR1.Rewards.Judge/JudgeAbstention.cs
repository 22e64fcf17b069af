namespace MedR1.Rewards.Judge;

/// <summary>Why a judge gave no score.</summary>
public enum JudgeAbstention
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>No answer came in time.</summary>
    Timeout,

    /// <summary>The client failed.</summary>
    ClientFailure,

    /// <summary>What came is not the one JSON object that was asked for.</summary>
    UnreadableVerdict,

    /// <summary>The score is outside of its range.</summary>
    ScoreOutOfRange,

    /// <summary>
    /// The code of this question is missing or another: the verdict may be copied from the completion.
    /// </summary>
    WrongCode,
}
