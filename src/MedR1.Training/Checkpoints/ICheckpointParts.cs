namespace MedR1.Training;

/// <summary>What a trainer keeps in a checkpoint in addition to weights, optimizer and <see cref="RunState"/>.</summary>
internal interface ICheckpointParts
{
    /// <summary>Whether what it keeps has moved, or begun to move, beyond a step: it then belongs to no whole step.</summary>
    bool IsBeyond(long step) => false;

    /// <summary>Writes its files into a checkpoint that is not yet in its final place.</summary>
    void Write(CheckpointFiles files);

    /// <summary>Reads them before weights and optimizer are touched.</summary>
    void Read(string folder, RunState state);
}
