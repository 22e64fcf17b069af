using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>The parameters that a run trains, with their optimizer, schedule and clipping.</summary>
internal sealed class ParameterUpdater : IDisposable
{
    private readonly List<Parameter> _frozenHere = [];
    private readonly optim.Optimizer _optimizer;
    private readonly TrainerOptions _options;
    private readonly int _totalSteps;
    private long _steps;

    public ParameterUpdater(IVisionLanguagePolicy policy, TrainerOptions options, int totalSteps)
    {
        _options = options;
        _totalSteps = totalSteps;
        foreach ((string name, Parameter parameter) in policy.Parameters)
        {
            if (parameter.requires_grad && options.IsFrozen?.Invoke(name) == true)
            {
                parameter.requires_grad = false;
                _frozenHere.Add(parameter);
            }
        }

        Trainable = [.. policy.Parameters.Where(pair => pair.Value.requires_grad)];
        _optimizer = optim.AdamW(Trainable.Select(pair => pair.Value), options.LearningRate, weight_decay: options.WeightDecay);
    }

    /// <summary>The parameters that move, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Trainable { get; }

    public void ZeroGradients() => _optimizer.zero_grad();

    public UpdateResult Clip()
    {
        double norm = nn.utils.clip_grad_norm_(
            Trainable.Select(pair => pair.Value).Where(parameter => parameter.grad is not null),
            _options.MaxGradientNorm > 0 ? _options.MaxGradientNorm : double.MaxValue);
        return new UpdateResult(norm, double.IsFinite(norm));
    }

    public double Step()
    {
        double rate = RateAt(_steps++);
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }

        _optimizer.step();
        return rate;
    }

    /// <summary>Leaves a step out; the schedule goes on.</summary>
    public double Skip()
    {
        ZeroGradients();
        return RateAt(_steps++);
    }

    /// <summary>Frees the optimizer and lets the parameters that it froze take gradients again.</summary>
    public void Dispose()
    {
        ZeroGradients();
        _optimizer.Dispose();
        _frozenHere.ForEach(parameter => parameter.requires_grad = true);
    }

    private double RateAt(long step)
    {
        double warmup = _options.Warmup < 1 ? Math.Ceiling(_options.Warmup * _totalSteps) : _options.Warmup;
        if (step < warmup)
        {
            return _options.LearningRate * step / warmup;
        }

        double done = (step - warmup) / Math.Max(1, _totalSteps - warmup);
        return _options.LearningRate * _options.Schedule switch
        {
            LearningRateDecay.Linear => Math.Max(0, 1 - done),
            LearningRateDecay.Cosine => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * done))),
            _ => 1,
        };
    }
}
