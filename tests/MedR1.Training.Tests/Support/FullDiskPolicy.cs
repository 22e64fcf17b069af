using MedR1.Modeling;
using MedR1.TestSupport;

namespace MedR1.Training.Tests;

/// <summary>A policy whose disk is full during a certain save: it writes a part and fails as the system does.</summary>
internal sealed class FullDiskPolicy(IVisionLanguagePolicy policy, int failAt) : DelegatingPolicy(policy)
{
    private int _saves;

    public override void Save(string folder, CancellationToken cancellationToken = default)
    {
        if (++_saves < failAt)
        {
            base.Save(folder, cancellationToken);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "half");
        throw new IOException("No space left on device");
    }
}
