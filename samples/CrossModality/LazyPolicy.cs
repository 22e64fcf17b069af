using MedR1.Models.Qwen2VL;

namespace MedR1.Samples.CrossModality;

/// <summary>A model that is loaded, or trained, when the first unfinished cell needs it.</summary>
internal sealed class LazyPolicy(Func<Task<Qwen2VLPolicy>> make) : IDisposable
{
    private Qwen2VLPolicy? _policy;

    public async Task<Qwen2VLPolicy> GetAsync() => _policy ??= await make();

    public void Dispose() => _policy?.Dispose();
}
