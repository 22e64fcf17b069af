using MedR1.Rewards;

namespace MedR1.Samples.Comparison;

/// <summary>One way to make the model better, or to leave it as it is.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="Form">The form that answers should have.</param>
internal sealed record Method(string Name, string Title, FormatStyle Form)
{
    public static Method ZeroShot { get; } = new("zero-shot", "zero-shot", FormatStyle.NoThink);

    public static Method Supervised { get; } = new("sft", "SFT", FormatStyle.NoThink);

    public static Method Grpo { get; } = new("grpo", "GRPO, no think", FormatStyle.NoThink);

    public static Method GrpoThink { get; } = new("grpo-think", "GRPO, think", FormatStyle.Think);

    /// <summary>The control: what GRPO reaches when it never sees a picture.</summary>
    public static Method GrpoBlank { get; } = new("grpo-blank", "GRPO, blank pictures", FormatStyle.NoThink);

    public static Method Ppo { get; } = new("ppo", "PPO, no think", FormatStyle.NoThink);

    public static IReadOnlyList<Method> All { get; } = [ZeroShot, Supervised, Grpo, GrpoBlank, GrpoThink, Ppo];

    /// <summary>Whether anything is learnt; else one seed says it all.</summary>
    public bool Trains => this != ZeroShot;

    /// <summary>Whether pictures are shown, in training and test alike; else blank ones.</summary>
    public bool SeesPictures => this != GrpoBlank;

    /// <summary>Whether the model is asked to think first.</summary>
    public bool Thinks => Form == FormatStyle.Think;

    /// <summary>How the model is asked, in training and test alike.</summary>
    public IPromptTemplate Template => Thinks ? s_think : QuickStartPrompt.Template;

    /// <summary>
    /// The weight of the reward for the form: 0.2, as the quick start had it before (it has 0.05 now), or Med-R1's where the
    /// model should learn to think.
    /// </summary>
    public double FormWeight => Thinks ? 1 : 0.2;

    /// <summary>Room for an answer, and for a thought before it.</summary>
    public int MaxNewTokens => Thinks ? 96 : 24;

    // Med-R1's form with the quick start's answer, an option's text: the small base can't look up letters. The last
    // sentence is the one that the base knows.
    private static readonly IPromptTemplate s_think = new TextPromptTemplate(
        "quick-start-think",
        "{Question} Think in <think>...</think> tags, then answer in <answer>...</answer> tags. " + QuickStartPrompt.Instruction);
}
