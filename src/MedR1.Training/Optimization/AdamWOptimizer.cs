using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// AdamW over parameter groups with one fused kernel per group, equal to <c>torch.optim.AdamW</c>. bfloat16 and float16 parameters have
/// float32 master weights and moments. A parameter without a gradient is left unchanged, as is its step count. Not thread-safe. Disposing
/// the optimizer disposes moments and master weights, not the parameters.
/// </summary>
/// <remarks>Create it once the model has its final type and device: TorchSharp's <c>module.to</c> replaces parameters.</remarks>
public sealed class AdamWOptimizer : IDisposable
{
    private readonly List<(ParameterGroup Group, AdamWSlot[] Slots)> _groups;
    private readonly AdamWOptions _options;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="groups">The parameters; see <see cref="ParameterGroups.Create"/>.</param>
    /// <param name="options">Options shared by all groups; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no parameter, one occurs twice, or a number is invalid.</exception>
    public AdamWOptimizer(IReadOnlyList<ParameterGroup> groups, AdamWOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        _options = options ?? new AdamWOptions();
        string[] problems = [.. _options.Validate(), .. Problems(groups)];
        if (problems.Length > 0)
        {
            throw new ArgumentException(
                $"The optimizer can't be created:{string.Concat(problems.Select(problem => "\n- " + problem))}");
        }

        Groups = [.. groups];
        _groups = [.. groups.Select(group =>
            (group, group.Parameters.Select(pair => new AdamWSlot(pair.Key, pair.Value)).ToArray()))];
    }

    /// <summary>The groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Gradients of 16-bit parameters are widened this many elements at a time, or one parameter's if it has more.</summary>
    internal long ChunkElements { get; init; } = 1L << 25;

    private IEnumerable<AdamWSlot> Slots => _groups.SelectMany(group => group.Slots);

    /// <summary>Performs a step with the current gradients.</summary>
    /// <param name="learningRateFactor">
    /// Multiplies each group's learning rate: <see cref="LearningRateSchedule.Factor"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public void Step(double learningRateFactor = 1)
    {
        if (!(learningRateFactor >= 0 && double.IsFinite(learningRateFactor)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(learningRateFactor), learningRateFactor, "Expected a finite number of at least 0.");
        }

        using IDisposable noGradient = no_grad();
        foreach ((ParameterGroup group, AdamWSlot[] slots) in _groups)
        {
            AdamWCoefficients coefficients = new()
            {
                LearningRate = group.LearningRate * learningRateFactor,
                Beta1 = _options.Beta1,
                Beta2 = _options.Beta2,
                Epsilon = _options.Epsilon,
                WeightDecay = group.WeightDecay,
            };
            foreach (AdamWSlot[] chunk in Chunks(slots))
            {
                StepChunk(chunk, coefficients);
            }
        }
    }

    /// <summary>Sets all gradients to null, so that they take no memory until the next backward pass.</summary>
    public void ZeroGradients()
    {
        foreach (AdamWSlot slot in Slots)
        {
            // Not zeroed: a parameter that the next batch doesn't use must have no gradient at all.
            slot.Parameter.grad = null;
        }
    }

    /// <summary>
    /// Everything needed to resume, by name: <c>step.{parameter}</c> (int64), <c>first_moment.</c>, <c>second_moment.</c> and, for
    /// 16-bit parameters, <c>master_weight.{parameter}</c>. Parameters that never had a gradient have no entry.
    /// </summary>
    /// <returns>
    /// The tensors themselves, not copies (except for the steps): save them before the next step and don't change them.
    /// </returns>
    public IReadOnlyDictionary<string, Tensor> GetState()
    {
        Dictionary<string, Tensor> state = [];
        foreach (AdamWSlot slot in Slots.Where(slot => slot.FirstMoment is not null))
        {
            state[OptimizerStateNames.Step(slot.Name)] = tensor(slot.Step);
            state[OptimizerStateNames.FirstMoment(slot.Name)] = slot.FirstMoment!;
            state[OptimizerStateNames.SecondMoment(slot.Name)] = slot.SecondMoment!;
            if (slot.Master is not null)
            {
                state[OptimizerStateNames.MasterWeight(slot.Name)] = slot.Master;
            }
        }

        return state;
    }

    /// <summary>Resumes from a state; 16-bit parameters take the value of their master weights.</summary>
    /// <param name="state">What <see cref="GetState"/> returned, on any device; it is copied.</param>
    /// <exception cref="OptimizerStateException">The state does not fit; the optimizer is unchanged.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireFit(state);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        foreach (AdamWSlot slot in Slots)
        {
            if (state.TryGetValue(OptimizerStateNames.Step(slot.Name), out Tensor? step))
            {
                slot.Load(
                    step.cpu().item<long>(),
                    state[OptimizerStateNames.FirstMoment(slot.Name)],
                    state[OptimizerStateNames.SecondMoment(slot.Name)],
                    state.GetValueOrDefault(OptimizerStateNames.MasterWeight(slot.Name)));
            }
            else
            {
                slot.Forget();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AdamWSlot slot in Slots)
        {
            slot.Dispose();
        }
    }

    /// <summary>Rejects a state that <see cref="LoadState"/> can't resume from.</summary>
    /// <exception cref="OptimizerStateException">The state does not fit.</exception>
    internal void RequireFit(IReadOnlyDictionary<string, Tensor> state)
    {
        IReadOnlyList<string> problems = OptimizerStateNames.Mismatches([.. Slots], state);
        if (problems.Count > 0)
        {
            throw new OptimizerStateException(problems);
        }
    }

    private void StepChunk(AdamWSlot[] slots, AdamWCoefficients coefficients)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> gradients = [];
        foreach (AdamWSlot slot in slots)
        {
            slot.Prepare();
            slot.Step++;
            gradients.Add(slot.Parameter.grad!.to(slot.StateType));
        }

        if (_options.Fused)
        {
            FusedOperators.AdamWStep(
                [.. slots.Select(slot => slot.Weight)],
                gradients,
                [.. slots.Select(slot => slot.FirstMoment!)],
                [.. slots.Select(slot => slot.SecondMoment!)],
                slots[0].Step,
                coefficients);
        }
        else
        {
            for (int i = 0; i < slots.Length; i++)
            {
                AdamWSlot slot = slots[i];
                PlainAdamW.Step(
                    slot.Weight, gradients[i], slot.FirstMoment!, slot.SecondMoment!, slot.Step, coefficients);
            }
        }

        foreach (AdamWSlot slot in slots.Where(slot => slot.Master is not null))
        {
            slot.Parameter.copy_(slot.Master!);
        }
    }

    /// <summary>
    /// Slots with a gradient, split so that each chunk has one type, device and step count, as the kernel requires.
    /// </summary>
    private IEnumerable<AdamWSlot[]> Chunks(AdamWSlot[] slots)
    {
        foreach (IGrouping<(ScalarType, string, long), AdamWSlot> alike in slots.Where(HasGradient).GroupBy(
            slot => (slot.Parameter.dtype, slot.Parameter.device.ToString(), slot.Step)).ToArray())
        {
            List<AdamWSlot> chunk = [];
            long elements = 0;
            foreach (AdamWSlot slot in alike)
            {
                if (chunk.Count > 0 && slot.HasMaster && elements + slot.Parameter.numel() > ChunkElements)
                {
                    yield return [.. chunk];
                    chunk.Clear();
                    elements = 0;
                }

                chunk.Add(slot);
                elements += slot.Parameter.numel();
            }

            yield return [.. chunk];
        }
    }

    private static bool HasGradient(AdamWSlot slot)
    {
        using Tensor? gradient = slot.Parameter.grad;
        return gradient is not null;
    }

    private static IEnumerable<string> Problems(IReadOnlyList<ParameterGroup> groups)
    {
        if (groups.Sum(group => group.Parameters.Count) == 0)
        {
            yield return "There is no parameter to train: pass those whose requires_grad is true.";
        }

        foreach (IGrouping<string, KeyValuePair<string, Parameter>> twice in groups
            .SelectMany(group => group.Parameters).GroupBy(pair => pair.Key).Where(pairs => pairs.Count() > 1))
        {
            yield return $"The parameter '{twice.Key}' occurs {twice.Count()} times; expected each parameter once.";
        }

        foreach (ParameterGroup group in groups)
        {
            if (!(group.LearningRate >= 0 && double.IsFinite(group.LearningRate)))
            {
                yield return $"The learning rate of group '{group.Name}' is {group.LearningRate.ToText()}, "
                    + "expected a finite number of at least 0.";
            }

            if (!(group.WeightDecay >= 0 && double.IsFinite(group.WeightDecay)))
            {
                yield return $"The weight decay of group '{group.Name}' is {group.WeightDecay.ToText()}, "
                    + "expected a finite number of at least 0.";
            }

            foreach ((string name, Parameter parameter) in group.Parameters
                .Where(pair => !pair.Value.is_floating_point()))
            {
                yield return $"The parameter '{name}' is of type {parameter.dtype}, expected a floating-point type.";
            }
        }
    }
}
