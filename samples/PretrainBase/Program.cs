using System.CommandLine;
using MedR1;
using MedR1.Datasets;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Samples;
using MedR1.Samples.PretrainBase;
using MedR1.Training;
using static TorchSharp.torch;

Option<string> data = new("--data") { Description = "The folder of real-mini.", DefaultValueFactory = _ => "data/real-mini" };
Option<string> output = new("--output") { Description = "The folder for the checkpoint.", DefaultValueFactory = _ => "runs/base" };
Option<string?> from = new("--from") { Description = "A checkpoint to continue from; without one the model starts from random weights." };
Option<string> stage = new("--stage") { Description = "What to learn: text, images, choices or places.", DefaultValueFactory = _ => "text" };
Option<int> steps = new("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => 3000 };
Option<int> batch = new("--batch") { Description = "Examples per step.", DefaultValueFactory = _ => 24 };
Option<double> rate = new("--learning-rate") { Description = "The peak learning rate.", DefaultValueFactory = _ => 2e-3 };
Option<double> captions = new("--captions")
{
    Description = "The fraction of captions of training images in the stage images.",
    DefaultValueFactory = _ => 0,
};
Option<double> crop = new("--crop")
{
    Description = "The smallest fraction of a training image's sides that the stage places shows; 1 for whole images.",
    DefaultValueFactory = _ => 1,
};
Option<string> size = new("--size")
{
    Description = "The size of a new model: base or larger.",
    DefaultValueFactory = _ => BaseSize.Base.Name,
};
size.AcceptOnlyFromAmong([.. BaseSize.All.Select(one => one.Name)]);
Option<bool> brief = new("--bfloat16") { Description = "Stores the finished checkpoint in bfloat16, at half the size." };
Option<int> seed = new("--seed") { Description = "The seed of all random choices.", DefaultValueFactory = _ => 1 };

OptionRules.AtLeast(1, steps, batch);

RootCommand root = new("Trains the base checkpoint of the quick start, stage by stage. The same command resumes a stopped stage.")
{
    data, output, from, size, stage, steps, batch, rate, captions, crop, brief, seed,
};
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(async () =>
{
    TorchRuntime.Initialize();
    Curriculum curriculum = Curriculum.Load(result.GetValue(data)!, result.GetValue(seed));
    using Qwen2VLPolicy policy = result.GetValue(from) is string start
        ? Qwen2VLPolicy.Load(start, dataType: ScalarType.Float32)
        : BaseModel.Create(BaseSize.All.Single(one => one.Name == result.GetValue(size)), curriculum.Corpus, result.GetValue(seed));
    Console.WriteLine($"{policy.Parameters.Sum(parameter => parameter.Value.numel()):N0} weights, {policy.VocabularySize} tokens");

    PretrainingEncoder encoder = new(policy.Processor.Tokenizer, policy.Processor.Images.Process, policy.Configuration.Vision.MergeUnit);
    IExampleSource examples = curriculum.Stage(result.GetValue(stage)!, result.GetValue(captions), result.GetValue(crop));
    int count = result.GetValue(steps);
    int examplesPerStep = result.GetValue(batch);
    string folder = result.GetValue(output)!;
    string training = Path.TrimEndingDirectorySeparator(folder) + "-training";
    using ConsoleProgressSink progress = new(interval: 25);
    SftTrainerBuilder builder = new SftTrainerBuilder(policy)
        .UseExamples(new GeneratedExamples(examples, encoder, count * examplesPerStep, result.GetValue(seed)))
        .UseOrder(new SequentialOrder())
        .ResumeIfAny(training)
        .AddMetricSink(progress)
        .AddObserver(new ProbeObserver(policy, encoder, curriculum.Probes, folder, interval: 250, last: count))
        .Configure(options =>
        {
            options.ExamplesPerStep = examplesPerStep;
            options.ExamplesPerMicroBatch = examplesPerStep;
            options.MaxSteps = count;
            options.LearningRate = result.GetValue(rate);
            options.Warmup = Math.Min(100, count / 10);
            options.WeightDecay = 0.01;
            // The default of 0.999 averages over more steps than a stage has.
            options.Optimizer = options.Optimizer with { Beta2 = 0.98 };
            options.Seed = result.GetValue(seed);
            options.OutputFolder = training;
            options.SaveInterval = 50;
            options.KeepLast = 1;
        });
    using (SftTrainer trainer = OtherSettings.Explain(
        builder.Build, training, "start the stage over: --output with another folder, or delete this one"))
    {
        await trainer.RunAsync(cancellationToken);
    }

    policy.Save(folder, cancellationToken);
    if (result.GetValue(brief))
    {
        using Qwen2VLPolicy stored = Qwen2VLPolicy.Load(folder, dataType: ScalarType.BFloat16);
        stored.Save(folder, cancellationToken);
    }

    Directory.Delete(training, recursive: true);
    Console.WriteLine($"Saved to {folder}");
}));
return await root.Parse(args).InvokeAsync();
