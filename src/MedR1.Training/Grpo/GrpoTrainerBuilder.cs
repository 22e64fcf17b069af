using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Builds a GRPO trainer. <c>Use…</c> fills a slot once, <c>Add…</c> appends, <c>Configure</c> edits options, <c>Build</c> reports every
/// mistake at once and works once. The builder takes ownership of nothing that it is given.
/// </summary>
public sealed partial class GrpoTrainerBuilder : RolloutTrainerBuilder<GrpoTrainerBuilder, GrpoTrainerOptions>
{
    private IPolicyLoss? _loss;
    private AdvantageOptions? _advantages;
    private IAdvantageEstimator? _estimator;

    /// <summary>Starts with the policy to train.</summary>
    /// <param name="policy">The policy; the caller keeps ownership.</param>
    public GrpoTrainerBuilder(IVisionLanguagePolicy policy)
        : base(policy, nameof(GrpoTrainer))
    {
    }

    /// <summary>Sets the loss; the default is <see cref="GrpoLossOptions.MedR1"/>.</summary>
    /// <param name="loss">The loss.</param>
    public GrpoTrainerBuilder UseLoss(IPolicyLoss loss) => Fill(ref _loss, loss, nameof(UseLoss));

    /// <summary>Sets how rewards become advantages; the default is <see cref="AdvantageOptions.Grpo"/>.</summary>
    /// <param name="advantages">The options.</param>
    public GrpoTrainerBuilder UseAdvantages(AdvantageOptions advantages) =>
        Fill(ref _advantages, advantages, nameof(UseAdvantages));

    /// <summary>
    /// Sets what turns rewards into advantages, such as <see cref="OpoAdvantages"/> or a class of your own; the default is
    /// <see cref="GroupAdvantages"/> with <see cref="AdvantageOptions.Grpo"/>.
    /// </summary>
    /// <param name="estimator">
    /// The estimator. Its result is checked; a run ends with an <see cref="InvalidAdvantagesException"/> if it can't be learnt from.
    /// </param>
    public GrpoTrainerBuilder UseAdvantages(IAdvantageEstimator estimator) =>
        Fill(ref _estimator, estimator, nameof(UseAdvantages));

    /// <summary>Builds the trainer. The options are copied.</summary>
    /// <exception cref="TrainerConfigurationException">There are mistakes; the exception lists all of them.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from can't be read.</exception>
    /// <exception cref="InvalidOperationException">The builder has already built.</exception>
    public GrpoTrainer Build()
    {
        GrpoTrainerOptions options = MakeOptions().Copy();
        Slots.Take(new GrpoTrainerOptionsValidator().Validate(null, options));
        RequireRollouts(options);
        RequireFitting(options);
        Slots.Finish();
        RolloutTrainerParts parts = MakeParts(
            options, _loss ?? DefaultLoss, _estimator ?? new GroupAdvantages(_advantages ?? AdvantageOptions.Grpo));
        return new GrpoTrainer(Policy, parts, options, Resume?.Find());
    }
}
