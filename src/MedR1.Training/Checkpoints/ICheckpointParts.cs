namespace MedR1.Training;

/// <summary>What a trainer keeps in a checkpoint beside weights, optimizer and <see cref="RunState"/>.</summary>
internal interface ICheckpointParts
{
    /// <summary>Whether what it keeps has been moved, or has begun to be, beyond a step: it is of none that is whole then.</summary>
    bool IsBeyond(long step) => false;

    /// <summary>Writes its files into the folder of a checkpoint that is not in its place yet.</summary>
    void Write(string folder, CancellationToken cancellationToken);

    /// <summary>Reads them, before weights and optimizer are touched.</summary>
    void Read(string folder, RunState state);
}
