using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>A modality or a question type with its questions.</summary>
internal sealed record Domain(string Name, IVqaDataset Train, IVqaDataset Test)
{
    /// <summary>The name as tables have it.</summary>
    public string Label => DomainLabels.Short(Name);
}
