using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

// The default device is shared by the process.
[CollectionDefinition(nameof(DefaultDeviceTests), DisableParallelization = true)]
[Collection(nameof(DefaultDeviceTests))]
public sealed class DefaultDeviceTests
{
    // The meta device stands for a GPU: numbers that land there by default can't be read.
    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public void A_model_is_on_its_own_device_for_any_default_device_of_the_application(Qwen2VLFamily family)
    {
        float[] before = Score();
        set_default_device(META);
        try
        {
            Assert.Equal(before, Score());
        }
        finally
        {
            set_default_device(CPU);
        }

        float[] Score()
        {
            using DisposeScope scope = NewDisposeScope();
            using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(family), TinyModel.Processor(), seed: 3, CPU);
            using LoraPolicy lora = LoraPolicy.Create(policy, LoraCase.Kinds["all linear"] with { Dropout = 0.3 }, seed: 8);
            lora.BeginStep(1);
            return lora.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions())
                .LogProbabilities.data<float>().ToArray();
        }
    }
}
