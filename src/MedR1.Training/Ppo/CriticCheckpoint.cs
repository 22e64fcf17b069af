using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>The critic's weights and its optimizer in a checkpoint.</summary>
internal sealed class CriticCheckpoint(ParameterUpdater updater) : ICheckpointParts
{
    private const string FileName = "critic.safetensors";

    public bool IsBeyond(long step) => updater.Reached > step;

    public void Write(CheckpointFiles files) => files.Write(FileName, updater.GetState);

    public IEnumerable<string> FilesOf(RunState state) => [FileName];

    public void Read(string folder, RunState state)
    {
        using DisposeScope scope = NewDisposeScope();
        updater.LoadState(SafetensorsFile.Load(Path.Combine(folder, FileName)));
    }
}
