namespace MedR1;

/// <summary>Examples in a fixed order. Images are not opened until they are read.</summary>
/// <remarks>Safe to read from several threads at once.</remarks>
public interface IVqaDataset : IReadOnlyList<VqaExample>
{
    /// <summary>The data set's name, for logs and reports.</summary>
    string Name { get; }
}
