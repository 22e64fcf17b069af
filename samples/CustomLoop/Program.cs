using MedR1;
using MedR1.Datasets;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Samples;
using MedR1.Samples.CustomLoop;
using MedR1.Samples.QuickStart;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// GRPO with a custom loop: sampler, reward, advantages and loss from the library, the optimizer from TorchSharp.
const int PromptsPerStep = 8;
return await Mistakes.ReportAsync(TrainAsync);

async Task TrainAsync()
{
    int steps = StepCount.Read(args, byDefault: 20);
    TorchRuntime.Initialize();
    using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(RepositoryFolder.Find("samples", "QuickStart", "base"));
    IVqaDataset questions = RealMini.LoadTrain(RepositoryFolder.Find("data", "real-mini")).Shuffle(seed: 1);
    using AdamW optimizer = optim.AdamW(policy.Parameters.Select(pair => pair.Value), lr: 2e-4, weight_decay: 0);
    GrpoStep step = new(policy);
    for (int number = 0; number < steps; number++)
    {
        VqaPrompt[] prompts = [.. Enumerable.Range(number * PromptsPerStep, PromptsPerStep)
            .Select(index => QuickStartPrompt.Template.Format(questions[index % questions.Count]))];
        ScoredSample[] samples = await step.SampleAsync(prompts, seed: number);
        optimizer.zero_grad();
        double loss = step.Backward(samples);
        nn.utils.clip_grad_norm_(policy.Parameters.Select(pair => pair.Value), max_norm: 1.0);
        optimizer.step();
        Console.WriteLine(FormattableString.Invariant(
            $"step {number + 1}: reward {samples.SelectMany(sample => sample.Rewards).Average():F3}, loss {loss:F4}"));
    }
}
