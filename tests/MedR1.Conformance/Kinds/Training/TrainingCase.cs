using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Functions shared by both kinds of trajectories.</summary>
internal static class TrainingCase
{
    /// <summary>Loads the model of the case in float32.</summary>
    public static Qwen2VLPolicy LoadPolicy(ConformanceCase conformanceCase) =>
        Qwen2VLPolicy.Load(conformanceCase.ModelFolder, conformanceCase.Device, ScalarType.Float32);

    /// <summary>Says that a run can't use the schedule of the case; null if it can.</summary>
    public static string? Obstacle(JsonElement inputs) =>
        Decay(inputs) is null ? $"unknown schedule '{ScheduleIn(inputs)}'" : null;

    /// <summary>Sets the options of TRL's configuration and optimizer that apply to any trainer.</summary>
    public static void Configure(JsonElement inputs, TrainerOptions options)
    {
        JsonElement config = inputs.GetProperty("config");
        options.LearningRate = config.GetProperty("learning_rate").GetDouble();
        options.WeightDecay = config.GetProperty("weight_decay").GetDouble();
        options.MaxGradientNorm = config.GetProperty("max_grad_norm").GetDouble();
        options.MaxSteps = config.GetProperty("max_steps").GetInt32();
        options.Warmup = config.GetProperty("warmup_steps").GetInt32();
        JsonElement optimizer = inputs.GetProperty("optimizer");
        JsonElement group = optimizer.GetProperty("groups")[0];
        options.Optimizer = new AdamWOptions
        {
            Beta1 = group.GetProperty("betas")[0].GetDouble(),
            Beta2 = group.GetProperty("betas")[1].GetDouble(),
            Epsilon = group.GetProperty("eps").GetDouble(),
        };
        options.Schedule = Decay(inputs)!.Value;
        if (inputs.TryGetProperty("frozen", out JsonElement frozen) && frozen.GetString() is string part)
        {
            options.IsFrozen = name => name.Contains(part, StringComparison.Ordinal);
        }
    }

    /// <summary>Creates messages of plain text; images precede the text of the first user message.</summary>
    public static IReadOnlyList<ChatMessage> Messages(
        ConformanceCase conformanceCase, JsonElement messages, JsonElement? owner)
    {
        IImageSource[] images = owner is JsonElement holder && holder.TryGetProperty("images", out JsonElement files)
            && files.ValueKind == JsonValueKind.Array
            ? [.. files.EnumerateArray().Select(file => new FileImageSource(conformanceCase.FilePath(file)))] : [];
        List<ChatMessage> read = [];
        foreach (JsonElement message in messages.EnumerateArray())
        {
            ChatRole role = new(message.GetProperty("role").GetString()!);
            bool takesImages = role == ChatRole.User && read.All(earlier => earlier.Role != ChatRole.User);
            IEnumerable<ChatPart> imageParts = takesImages ? images.Select(image => new ImagePart(image)) : [];
            ChatPart[] parts = [.. imageParts, .. Parts(message.GetProperty("content"))];
            read.Add(new ChatMessage(role, parts));
        }

        return read;
    }

    /// <summary>Compares a metric per step that both trainers report under TRL's names.</summary>
    public static void CheckMetrics(
        Checker checker, int step, JsonElement expected,
        IReadOnlyDictionary<string, double> got, params string[] leftOut)
    {
        foreach (JsonProperty property in expected.EnumerateObject()
            .Where(property => !leftOut.Contains(property.Name)))
        {
            if (property.Value.ValueKind != JsonValueKind.Number)
            {
                continue;
            }

            string name = property.Name == "learning_rate_used" ? "learning_rate" : property.Name;
            if (got.TryGetValue(name, out double value))
            {
                checker.Number(
                    $"steps[{step}]/{property.Name}", property.Value.GetDouble(), value, checker.ToleranceOf(name));
            }
            else
            {
                checker.Fail($"steps[{step}]/{property.Name}: missing, expected {property.Value}");
            }
        }
    }

    /// <summary>The concatenated grids of the images of a micro-step; none if it has no images.</summary>
    public static int[] Grids(ConformanceCase conformanceCase, JsonElement microStep) =>
        conformanceCase.OptionalTensor(microStep, "image_grid_thw") is GoldenTensor grids
            ? [.. grids.ToInt64s().Select(value => (int)value)] : [];

    private static string? ScheduleIn(JsonElement inputs) =>
        inputs.GetProperty("optimizer").GetProperty("schedule").GetString();

    private static LearningRateDecay? Decay(JsonElement inputs) => ScheduleIn(inputs) switch
    {
        "linear" => LearningRateDecay.Linear,
        "cosine" => LearningRateDecay.Cosine,
        "constant" or "constant_with_warmup" => LearningRateDecay.Constant,
        _ => null,
    };

    private static IEnumerable<ChatPart> Parts(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? [new TextPart(content.GetString()!)]
        : content.EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text")
            .Select(part => new TextPart(part.GetProperty("text").GetString()!));
}
