namespace MedR1.Rewards.Judge;

/// <summary>Why a judge gave no score.</summary>
public enum JudgeAbstention
{
    /// <summary>The judge gave a score.</summary>
    None,

    /// <summary>No answer arrived in time.</summary>
    Timeout,

    /// <summary>The client failed.</summary>
    ClientFailure,

    /// <summary>The judge's answer is not the single JSON object that the prompt requests.</summary>
    UnreadableVerdict,

    /// <summary>The score is outside its range.</summary>
    ScoreOutOfRange,

    /// <summary>The request's code is missing or wrong: the verdict may have been copied from the completion.</summary>
    CodeMismatch,
}
