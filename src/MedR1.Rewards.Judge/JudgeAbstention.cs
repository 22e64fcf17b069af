namespace MedR1.Rewards.Judge;

/// <summary>Why a judge gave no score.</summary>
public enum JudgeAbstention
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>No answer arrived in time.</summary>
    Timeout,

    /// <summary>The client failed.</summary>
    ClientFailure,

    /// <summary>The answer is not the single JSON object that was asked for.</summary>
    UnreadableVerdict,

    /// <summary>The score is outside its range.</summary>
    ScoreOutOfRange,

    /// <summary>The code of this question is missing or wrong: the verdict may have been copied from the completion.</summary>
    WrongCode,
}
