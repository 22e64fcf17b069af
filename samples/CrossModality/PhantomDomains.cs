using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>
/// Synthetic domains for the two modalities that the shipped data has no images of. They are drawn when a run starts, identical at every
/// start, and written nowhere; their names contain the word synthetic.
/// </summary>
internal static class PhantomDomains
{
    // Not the seed of a run: all runs use the same questions. The shipped models were trained on phantoms of seed 1.
    private const long TrainSeed = 2001;
    private const long TestSeed = 2002;

    public const string Grouping = "modality";

    public static IReadOnlyList<Domain> Create() =>
    [
        Draw(ImagingModality.Dermoscopy, PhantomFamily.SkinLesion, trainImages: 40, testImages: 12),
        Draw(ImagingModality.OCT, PhantomFamily.OctLayers, trainImages: 56, testImages: 16),
    ];

    private static Domain Draw(ImagingModality imitated, PhantomFamily family, int trainImages, int testImages)
    {
        ImagingModality modality = new($"{DomainLabels.Short(imitated.Value)} (synthetic)");
        return new Domain(modality.Value, Part(trainImages, TrainSeed), Part(testImages, TestSeed), IsSynthetic: true);

        IVqaDataset Part(int images, long seed)
        {
            IVqaDataset questions = PhantomDataset.CreateBalanced(family, images, seed);
            return new InMemoryDataset(questions.Name, questions.Select(example => example with { Modality = modality }));
        }
    }
}
