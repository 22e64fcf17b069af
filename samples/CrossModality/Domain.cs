using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>A modality or a question type with its questions.</summary>
/// <param name="Name">The name, as the data has it.</param>
/// <param name="Train">Questions to train on.</param>
/// <param name="Test">Questions to be asked.</param>
/// <param name="IsSynthetic">Whether a program drew the pictures; the name says so then.</param>
internal sealed record Domain(string Name, IVqaDataset Train, IVqaDataset Test, bool IsSynthetic = false)
{
    /// <summary>The name as tables have it.</summary>
    public string Label => DomainLabels.Short(Name);
}
