using MedR1.Evaluation;
using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>A checkpoint of a run.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Origin">What reports say about it.</param>
/// <param name="DataType">In what numbers it computes; null for those that it is stored in.</param>
internal sealed record ProtocolModel(string Folder, ReportOrigin Origin, ScalarType? DataType = null)
{
    /// <summary>Hashes a checkpoint.</summary>
    public static ProtocolModel Of(string folder, int seed, CancellationToken cancellationToken)
    {
        ReportOrigin origin = new()
        {
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
            ModelHash = ContentHash.OfFolder(folder, cancellationToken: cancellationToken),
            Seed = seed,
        };
        return new ProtocolModel(folder, origin);
    }
}
