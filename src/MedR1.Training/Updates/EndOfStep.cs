using System.Text.Json.Serialization;

namespace MedR1.Training;

/// <summary>
/// How far the end of a step that the state has counted has progressed: a run that was cancelled in its evaluation, or whose disk
/// was full, continues from there.
/// </summary>
/// <param name="values">The step's measurements; those of an evaluation are added.</param>
internal sealed class EndOfStep(Dictionary<string, double> values)
{
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double> Values => values;

    public bool IsEvaluated { get; set; }

    /// <summary>Whether the sinks received the measurements.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Whether the observers were told of the step.</summary>
    public bool IsTold { get; set; }
}
