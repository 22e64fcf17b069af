namespace MedR1.Training;

/// <summary>What a trainer keeps in a checkpoint beside weights, optimizer and <see cref="RunState"/>.</summary>
internal interface ICheckpointParts
{
    /// <summary>Writes its files into the folder of a checkpoint that is not in its place yet.</summary>
    void Write(string folder, CancellationToken cancellationToken);

    /// <summary>Reads them, before weights and optimizer are touched.</summary>
    void Read(string folder, RunState state);
}
