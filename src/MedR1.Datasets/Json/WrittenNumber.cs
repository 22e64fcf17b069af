namespace MedR1.Datasets;

/// <summary>A number of a JSON file that keeps its notation, such as <c>1.50</c> or <c>1e3</c>.</summary>
/// <param name="Text">The number as written.</param>
internal sealed record WrittenNumber(string Text) : IFormattable
{
    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => Text;
}
