namespace MedR1.Models.Qwen2VL;

/// <summary>
/// A configuration that no model can be built from: a field is missing, of the wrong type, or out of range.
/// </summary>
public sealed class ModelConfigurationException : Exception
{
    /// <summary>Says which field is wrong.</summary>
    /// <param name="source">The file, or what the configuration came from.</param>
    /// <param name="field">The field's path, like <c>vision_config.depth</c>.</param>
    /// <param name="value">What it holds; null if it is missing.</param>
    /// <param name="fix">What it should be.</param>
    /// <param name="innerException">The cause, where there is one.</param>
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

    /// <summary>What it holds; null if it is missing.</summary>
    public string? Value { get; }

    /// <summary>What it should be.</summary>
    public string Fix { get; }
}
