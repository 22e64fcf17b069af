using MedR1.Losses;
using MedR1.Models.Qwen2VL;
using TorchSharp.Modules;

namespace MedR1.Training.Tests;

/// <summary>An 8-bit policy can only be trained through adapters, and trainers say so before they begin.</summary>
public sealed class QuantizedBaseTests : IDisposable
{
    private readonly Qwen2VLPolicy _policy = SmallQwen.Load(WeightQuantization.Decoder);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_an_adapter_both_trainers_refuse_it(bool trainsNorms)
    {
        foreach ((_, Parameter parameter) in _policy.Parameters.Where(pair => pair.Key.Contains("norm")))
        {
            parameter.requires_grad = trainsNorms;
        }

        TrainerConfigurationException[] refusals =
        [
            Assert.Throws<TrainerConfigurationException>(new GrpoTrainerBuilder(_policy)
                .UsePrompts(SmallQwen.Prompts(2))
                .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
                .AddReward("one", _ => 1)
                .Configure(options => options.MaxNewTokens = 5)
                .Build),
            Assert.Throws<TrainerConfigurationException>(new SftTrainerBuilder(_policy)
                .UseExamples([SupervisedExample.Answer(SmallQwen.Prompts(1)[0], "A")])
                .Build),
        ];

        Assert.All(refusals, refusal => Assert.Contains("LoraPolicy.Create", Assert.Single(refusal.Errors)));
    }

    public void Dispose() => _policy.Dispose();
}
