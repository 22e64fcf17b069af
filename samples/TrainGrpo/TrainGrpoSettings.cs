using System.ComponentModel;
using MedR1.Training;
using Microsoft.Extensions.Configuration;

namespace MedR1.Samples.TrainGrpo;

/// <summary>
/// The settings of a run, from appsettings.json and the command line; the descriptions appear in <c>--help</c>. The section <c>Trainer</c>
/// next to them is bound to <see cref="GrpoTrainerOptions"/>.
/// </summary>
internal sealed record TrainGrpoSettings
{
    /// <summary>The section of the trainer's options.</summary>
    public const string Trainer = "Trainer";

    [Description("The folder of a Qwen2-VL or Qwen2.5-VL checkpoint.")]
    public string Checkpoint { get; init; } = "";

    [Description("The folder of OmniMedVQA as published: Images and QA_information.")]
    public string Data { get; init; } = "";

    [Description("The folder for checkpoints, metrics and the report.")]
    public string Output { get; init; } = "runs/train-grpo";

    [Description("Whether an interrupted run continues from its latest checkpoint.")]
    public bool Resume { get; init; } = true;

    [Description("cpu, or cuda with an external libtorch.")]
    public string Device { get; init; } = "cpu";

    [Description("The modality to train on, as the data names it; empty for all.")]
    public string? Modality { get; init; }

    [Description("Whether the model thinks before it answers.")]
    public bool Think { get; init; } = true;

    [Description("The fraction of images whose questions are used for training; the others are for evaluation.")]
    public double TrainFraction { get; init; } = 0.8;

    [Description("The number of questions of each evaluation during training.")]
    public int EvaluationQuestions { get; init; } = 200;

    [Description("The weight of the KL divergence from the initial model (beta); 0 needs no reference, which saves memory.")]
    public double KlCoefficient { get; init; } = 0.04;

    [Description("The weight of the format reward.")]
    public double FormatWeight { get; init; } = 1.0;

    /// <summary>Reads the settings and reports everything that is wrong with them.</summary>
    /// <exception cref="InvalidOperationException">Something is missing, unknown or out of range.</exception>
    public static TrainGrpoSettings Read(IConfiguration configuration)
    {
        List<string> mistakes =
        [
            .. SettingNames.UnknownIn(configuration, typeof(TrainGrpoSettings), Trainer),
            .. SettingNames.UnknownIn(configuration.GetSection(Trainer), typeof(GrpoTrainerOptions)),
        ];
        TrainGrpoSettings settings = configuration.Get<TrainGrpoSettings>() ?? new TrainGrpoSettings();
        if (!Directory.Exists(settings.Checkpoint))
        {
            mistakes.Add($"Checkpoint '{settings.Checkpoint}' is not a folder: --Checkpoint checkpoints/Qwen2-VL-2B-Instruct");
        }

        if (!Directory.Exists(settings.Data))
        {
            mistakes.Add($"Data '{settings.Data}' is not a folder: --Data data/OmniMedVQA");
        }

        if (settings.TrainFraction is not (> 0 and < 1))
        {
            mistakes.Add($"TrainFraction is {settings.TrainFraction}, but both parts need images: --TrainFraction 0.8");
        }

        if (settings.EvaluationQuestions < 1)
        {
            mistakes.Add($"EvaluationQuestions is {settings.EvaluationQuestions}, but must be at least 1: --EvaluationQuestions 200");
        }

        if (DeviceName.MistakeIn(settings.Device) is string device)
        {
            mistakes.Add(device);
        }

        return mistakes.Count == 0 ? settings : throw new InvalidOperationException(string.Join(Environment.NewLine, mistakes));
    }
}
