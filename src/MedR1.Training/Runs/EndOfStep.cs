using System.Text.Json.Serialization;

namespace MedR1.Training;

/// <summary>
/// The progress of completing a step that the state has counted: a run that was cancelled during its evaluation, or whose disk was full,
/// continues from there.
/// </summary>
/// <param name="values">The step's metrics; those of an evaluation are added.</param>
internal sealed class EndOfStep(Dictionary<string, double> values)
{
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double> Values => values;

    public bool IsEvaluated { get; set; }

    /// <summary>Whether the step ends the run early; null if that was not asked yet.</summary>
    public bool? EndsEarly { get; set; }

    /// <summary>Whether the sinks have received the metrics.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Whether the observers have been notified of the step.</summary>
    public bool IsTold { get; set; }
}
