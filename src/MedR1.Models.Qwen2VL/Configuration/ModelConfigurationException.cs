namespace MedR1.Models.Qwen2VL;

/// <summary>Thrown when a field of a model's configuration is missing, of the wrong type, or out of range.</summary>
public sealed class ModelConfigurationException : Exception
{
    /// <summary>Creates an exception for a field.</summary>
    /// <param name="source">The file or other source of the configuration.</param>
    /// <param name="field">The path of the field, such as <c>vision_config.depth</c>.</param>
    /// <param name="value">The value of the field; null if it is missing.</param>
    /// <param name="fix">What the field should be.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelConfigurationException(
        string source, string field, string? value, string fix, Exception? innerException = null)
        : base(
            value is null ? $"{source}: the field '{field}' is missing; {fix}"
                : $"{source}: the field '{field}' is {value}; {fix}",
            innerException)
    {
        Field = field;
        Value = value;
        Fix = fix;
    }

    /// <summary>The path of the field.</summary>
    public string Field { get; }

    /// <summary>The value of the field; null if it is missing.</summary>
    public string? Value { get; }

    /// <summary>What the field should be.</summary>
    public string Fix { get; }
}
