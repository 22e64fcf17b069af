namespace MedR1.Training;

/// <summary>What a trainer keeps in a checkpoint in addition to weights, optimizer and <see cref="RunState"/>.</summary>
internal interface ICheckpointParts
{
    /// <summary>Whether these parts have changed, or begun to change, since a step, and so belong to no complete step.</summary>
    bool IsBeyond(long step) => false;

    /// <summary>Writes its files into a checkpoint that is not yet in its final place.</summary>
    void Write(CheckpointFiles files);

    /// <summary>The names of the files that <see cref="Read"/> reads for a state.</summary>
    IEnumerable<string> FilesOf(RunState state);

    /// <summary>Reads the files, before weights and optimizer are changed.</summary>
    void Read(string folder, RunState state);
}
