using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Builds a PPO trainer. <c>Use…</c> fills a slot once, <c>Add…</c> appends, <c>Configure</c> edits options, <c>Build</c> reports every
/// mistake at once and works once. The builder takes ownership of nothing that it is given.
/// </summary>
public sealed class PpoTrainerBuilder : RolloutTrainerBuilder<PpoTrainerBuilder, PpoTrainerOptions>
{
    private PpoLossOptions? _loss;
    private PpoTargetOptions? _targets;
    private ValueModel? _critic;

    /// <summary>Starts with the policy to train.</summary>
    /// <param name="policy">The policy; the caller keeps ownership.</param>
    public PpoTrainerBuilder(IVisionLanguagePolicy policy)
        : base(policy, nameof(PpoTrainer))
    {
    }

    /// <summary>
    /// Sets the loss; the default is <see cref="PpoLossOptions.LanguageModel"/>. The critic has its own optimizer:
    /// <see cref="PpoLossOptions.ValueCoefficient"/> scales its gradient, and so determines when it is clipped.
    /// </summary>
    /// <param name="loss">The options.</param>
    public PpoTrainerBuilder UseLoss(PpoLossOptions loss) => Fill(ref _loss, loss, nameof(UseLoss));

    /// <summary>
    /// Sets how scores become advantages and returns; the default is <see cref="PpoTargetOptions.LanguageModel"/>.
    /// </summary>
    /// <param name="targets">The options.</param>
    public PpoTrainerBuilder UseTargets(PpoTargetOptions targets) => Fill(ref _targets, targets, nameof(UseTargets));

    /// <summary>Sets the critic; the default is a <see cref="ValueModel.CopyOf">copy</see> of the policy.</summary>
    /// <param name="critic">The critic, which the trainer updates; the caller keeps ownership.</param>
    public PpoTrainerBuilder UseCritic(ValueModel critic) => Fill(ref _critic, critic, nameof(UseCritic));

    /// <summary>Builds the trainer. The options are copied.</summary>
    /// <exception cref="TrainerConfigurationException">There are mistakes; the exception lists all of them.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from can't be read.</exception>
    /// <exception cref="InvalidOperationException">The builder has already built.</exception>
    public PpoTrainer Build()
    {
        PpoTrainerOptions options = MakeOptions().Copy();
        Slots.Take(new PpoTrainerOptionsValidator().Validate(null, options));
        RequireRollouts(options);
        RequireLoss(options);
        RequireCritic();
        Slots.Finish();
        PpoLossOptions loss = _loss ?? PpoLossOptions.LanguageModel;
        return new PpoTrainer(
            Policy, MakeParts(options, new GrpoLoss(loss.Policy), new GroupAdvantages(AdvantageOptions.DrGrpo)), options, loss,
            _targets ?? PpoTargetOptions.LanguageModel, _critic, Resume?.Find());
    }

    private void RequireLoss(PpoTrainerOptions options)
    {
        foreach (string mistake in _loss?.Validate() ?? [])
        {
            Slots.Mistakes.Add($"The loss options are invalid: {mistake} Change it in .UseLoss(options).");
        }

        foreach (string mistake in _targets?.Validate() ?? [])
        {
            Slots.Mistakes.Add($"The target options are invalid: {mistake} Change it in .UseTargets(options).");
        }

        Slots.Require(
            _loss?.Policy is not { MaskTruncatedCompletions: true } || options.TruncationPenalty == 0,
            "The loss leaves out completions that were cut off, so none would get the TruncationPenalty "
            + $"{options.TruncationPenalty.ToText()}: .UseLoss with Policy.MaskTruncatedCompletions = false, "
            + "or .Configure(options => options.TruncationPenalty = 0).");
        Slots.Require(
            Reference is null || NeedsReference,
            "Neither targets nor loss need a reference, so the given one would only take memory: remove "
            + ".UseReference, or .UseTargets with a KL coefficient.");
    }

    private bool NeedsReference =>
        (_targets ?? PpoTargetOptions.LanguageModel).KlCoefficient != 0
        || (_loss ?? PpoLossOptions.LanguageModel).Policy is { KlCoefficient: not 0 };

    // Training an adapter on the reference's network doesn't change the reference, nor does training a critic whose network is entirely
    // frozen. A critic on the policy's own network is reported separately.
    private bool TrainsReference => _critic is { TrainsBody: true, Body: var body }
        && !ReferenceEquals(body.Network, Policy.Network) && ReferenceEquals(body.Network, Reference?.Network)
        && body.Parameters.Any(pair => pair.Value.requires_grad && body.PartOf(pair.Key) != ModelPart.Adapter);

    private void RequireCritic()
    {
        Slots.Require(
            _critic is not null || Policy is IHiddenStatePolicy,
            $"A {Policy.GetType().Name} exposes no hidden states, so no critic can be made from it: "
            + ".UseCritic(new ValueModel(another)) with a policy that does.");
        Slots.Require(
            _critic is not { TrainsBody: true } || !ReferenceEquals(_critic.Body.Network, Policy.Network),
            "The critic's network is the policy's, so two optimizers would update it: remove .UseCritic for a copy, or "
            + ".UseCritic(ValueModel.HeadOn(policy)).");
        Slots.Require(
            !TrainsReference,
            "The critic's network is also the reference's, so its optimizer would change what the policy is compared with: remove "
            + ".UseCritic for a copy of the policy, or .UseCritic with a separate network, or .UseCritic(ValueModel.HeadOn(…)) on the "
            + "reference's.");
        Slots.Require(
            _critic is null || _critic.Body.VocabularySize == Policy.VocabularySize,
            $"The critic has {_critic?.Body.VocabularySize} tokens, the policy {Policy.VocabularySize}: .UseCritic with "
            + "a model of the same vocabulary.");
    }
}
