using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// What one call carries from forward to backward in addition to tensors. It keeps the gradients' handles alive until libtorch has
/// taken them over: on a device's own thread no dispose scope would.
/// </summary>
internal sealed class HeadGradients(FusedLogProbabilityOptions options) : IDisposable
{
    private readonly List<Tensor> _given = [];

    public FusedLogProbabilityOptions Options { get; } = options;

    /// <summary>Set by forward, for its caller.</summary>
    public HeadStatistics? Statistics { private get; set; }

    /// <summary>The statistics, only once: if kept here, they would keep the graph alive, which keeps this object alive.</summary>
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
