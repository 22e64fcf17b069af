namespace MedR1.Models.Qwen2VL;

/// <summary>No model can be built from the configuration: a field is missing, of the wrong type, or out of range.</summary>
public sealed class ModelConfigurationException : Exception
{
    /// <summary>Creates an exception that says which field is wrong.</summary>
    /// <param name="source">The file or other source of the configuration.</param>
    /// <param name="field">The field's path, like <c>vision_config.depth</c>.</param>
    /// <param name="value">Its value; null if it is missing.</param>
    /// <param name="fix">What it should be.</param>
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

    /// <summary>The field's path.</summary>
    public string Field { get; }

    /// <summary>Its value; null if it is missing.</summary>
    public string? Value { get; }

    /// <summary>What it should be.</summary>
    public string Fix { get; }
}
