using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The state that one call passes from forward to backward in addition to tensors. Keeps the gradients' handles alive until
/// libtorch has taken them over, since autograd's device threads have no dispose scope to do so.
/// </summary>
internal sealed class HeadGradients(FusedLogProbabilityOptions options) : IDisposable
{
    private readonly List<Tensor> _given = [];

    public FusedLogProbabilityOptions Options { get; } = options;

    /// <summary>Set by forward, for its caller.</summary>
    public HeadStatistics? Statistics { private get; set; }

    /// <summary>
    /// Returns the statistics and removes them from this object: otherwise they and the autograd graph would keep each other alive.
    /// </summary>
    public HeadStatistics TakeStatistics()
    {
        HeadStatistics statistics = Statistics ?? throw new InvalidOperationException("Forward has not run.");
        Statistics = null;
        return statistics;
    }

    public Tensor? Keep(Tensor? gradient)
    {
        if (gradient is null)
        {
            return null;
        }

        lock (_given)
        {
            _given.Add(gradient);
        }

        return gradient;
    }

    public void Dispose()
    {
        lock (_given)
        {
            _given.ForEach(gradient => gradient.Dispose());
            _given.Clear();
        }
    }
}
