using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>A modality or a question type with its questions.</summary>
/// <param name="Name">The name in the data.</param>
/// <param name="Train">Questions to train on.</param>
/// <param name="Test">Questions to test on.</param>
/// <param name="IsSynthetic">Whether the images are computer-generated; the name then says so.</param>
internal sealed record Domain(string Name, IVqaDataset Train, IVqaDataset Test, bool IsSynthetic = false)
{
    /// <summary>The name in tables.</summary>
    public string Label => DomainLabels.Short(Name);
}
