using MedR1.Evaluation;
using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>A checkpoint of a run.</summary>
/// <param name="Folder">The checkpoint's folder.</param>
/// <param name="Origin">The description in reports.</param>
/// <param name="DataType">The type that the model computes in; null for the stored type.</param>
internal sealed record ProtocolModel(string Folder, ReportOrigin Origin, ScalarType? DataType = null)
{
    /// <summary>Creates the model and hashes its checkpoint.</summary>
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
