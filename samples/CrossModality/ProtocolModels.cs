namespace MedR1.Samples.CrossModality;

/// <summary>The checkpoints of a run: the one that is trained, and a larger one if there is any.</summary>
internal sealed record ProtocolModels(ProtocolModel Base, ProtocolModel? Larger)
{
    public static ProtocolModels Of(ProtocolSettings settings, CancellationToken cancellationToken) => new(
        ProtocolModel.Of(settings.Checkpoint, settings.Seed, cancellationToken),
        settings.LargerCheckpoint is string larger
            ? ProtocolModel.Of(larger, settings.Seed, cancellationToken) with { DataType = settings.LargerDataType }
            : null);
}
