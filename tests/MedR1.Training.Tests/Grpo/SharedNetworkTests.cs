using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Runs on one network that would disturb each other are refused.</summary>
public sealed class SharedNetworkTests
{
    private const string Refusal = "Another trainer is using the same network";
    private readonly TaskCompletionSource _release = new();

    [Fact]
    public async Task Two_adapters_on_one_base_are_not_trained_at_the_same_time()
    {
        using Qwen2VLPolicy network = SmallQwen.Load();
        using LoraPolicy first = SmallQwen.Adapt(network, dropout: 0, seed: 1), second = SmallQwen.Adapt(network, dropout: 0, seed: 2);
        using GrpoTrainer waiting = OneStep(first).AddReward("slow", WaitAsync).Build();
        using GrpoTrainer other = OneStep(second).Build();

        await RequireOneAtATimeAsync(() => waiting.RunAsync(), () => other.RunAsync());
    }

    // The second network is taken, so that the first is not taken either.
    [Fact]
    public async Task A_run_that_is_refused_for_its_critic_takes_nothing()
    {
        using TinyPolicy first = TestData.Policy(), second = TestData.Policy(seed: 2);
        using ValueModel critic = ValueModel.CopyOf(first);
        using PpoTrainer waiting = PpoRuns.Small(first, options => options.MaxSteps = 1).UseCritic(critic)
            .AddReward("slow", WaitAsync).Build();
        using PpoTrainer refused = PpoRuns.Small(second, options => options.MaxSteps = 1).UseCritic(critic).Build();
        Task<TrainingReport> running = waiting.RunAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => refused.RunAsync());

        Assert.Equal(1, (await OneStep(second).RunAsync()).Steps);

        _release.SetResult();
        await running;
    }

    [Fact]
    public async Task A_run_that_is_refused_for_its_reference_takes_nothing()
    {
        using TinyPolicy policy = TestData.Policy(), reference = TestData.Policy(seed: 2);
        using GrpoTrainer waiting = OneStep(reference).AddReward("slow", WaitAsync).Build();
        using GrpoTrainer refused = OneStep(policy).UseReference(reference).Build();
        Task<TrainingReport> running = waiting.RunAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => refused.RunAsync());

        Assert.Equal(1, (await OneStep(policy).RunAsync()).Steps);

        _release.SetResult();
        await running;
        Assert.Equal(1, (await OneStep(reference).RunAsync()).Steps);
    }

    [Fact]
    public async Task A_failed_run_releases_its_networks_and_its_reference()
    {
        using TinyPolicy policy = TestData.Policy(), reference = TestData.Policy(seed: 2);
        using GrpoTrainer failing = OneStep(policy).UseReference(reference)
            .AddObserver(new BrokenParts(nameof(IRolloutObserver.OnGradients), 1, () => new FormatException("broken"))).Build();
        await Assert.ThrowsAsync<FormatException>(() => failing.RunAsync());

        Assert.Equal(1, (await OneStep(policy).RunAsync()).Steps);
        Assert.Equal(1, (await OneStep(reference).RunAsync()).Steps);
    }

    [Fact]
    public async Task Two_trainers_do_not_train_one_critic_at_the_same_time()
    {
        using TinyPolicy first = TestData.Policy(), second = TestData.Policy(seed: 2);
        using ValueModel critic = ValueModel.CopyOf(first);
        using PpoTrainer waiting = PpoRuns.Small(first, options => options.MaxSteps = 1).UseCritic(critic)
            .AddReward("slow", WaitAsync).Build();
        using PpoTrainer other = PpoRuns.Small(second, options => options.MaxSteps = 1).UseCritic(critic).Build();

        await RequireOneAtATimeAsync(() => waiting.RunAsync(), () => other.RunAsync());
    }

    [Fact]
    public async Task A_critic_on_the_policys_own_network_is_accepted()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.HeadOn(policy);

        Assert.Equal(1, (await PpoRuns.Small(policy, options => options.MaxSteps = 1).UseCritic(critic).RunAsync()).Steps);
    }

    [Fact]
    public async Task A_base_that_is_the_reference_of_another_run_is_not_trained()
    {
        using TinyPolicy policy = TestData.Policy(), reference = TestData.Policy(seed: 2);
        using GrpoTrainer waiting = OneStep(policy).UseReference(reference).AddReward("slow", WaitAsync).Build();
        using GrpoTrainer other = OneStep(reference).Build();

        await RequireOneAtATimeAsync(
            () => waiting.RunAsync(), () => other.RunAsync(), "A running GrpoTrainer uses this network as its reference");
    }

    [Fact]
    public async Task A_network_being_trained_cannot_be_a_reference()
    {
        using TinyPolicy policy = TestData.Policy(), reference = TestData.Policy(seed: 2);
        using GrpoTrainer waiting = OneStep(reference).AddReward("slow", WaitAsync).Build();
        using PpoTrainer other = PpoRuns.Small(policy, options => options.MaxSteps = 1).UseReference(reference).Build();

        await RequireOneAtATimeAsync(
            () => waiting.RunAsync(), () => other.RunAsync(), "A running GrpoTrainer trains the network of this run's reference");
    }

    [Fact]
    public async Task Runs_may_share_a_reference_that_none_of_them_trains()
    {
        using TinyPolicy first = TestData.Policy(), second = TestData.Policy(seed: 2), reference = TestData.Policy(seed: 3);
        using GrpoTrainer waiting = OneStep(first).UseReference(reference).AddReward("slow", WaitAsync).Build();
        using GrpoTrainer other = OneStep(second).UseReference(reference).Build();
        Task<TrainingReport> running = waiting.RunAsync();

        Assert.Equal(1, (await other.RunAsync()).Steps);

        _release.SetResult();
        await running;
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task An_adapter_cannot_be_the_reference_of_another_on_its_base(bool isFirst, bool isOther)
    {
        using Qwen2VLPolicy one = SmallQwen.Load(), two = SmallQwen.Load(), network = SmallQwen.Load();
        using LoraPolicy first = SmallQwen.Adapt(one, dropout: 0), second = SmallQwen.Adapt(two, dropout: 0);
        using LoraPolicy adapter = SmallQwen.Adapt(network, dropout: 0);

        // Even if it is wrapped.
        IVisionLanguagePolicy Reference(bool isAdapter) => isAdapter ? new RowCounter(adapter, null) : network;
        using GrpoTrainer waiting = OneStep(first).UseReference(Reference(isFirst)).AddReward("slow", WaitAsync).Build();
        using GrpoTrainer other = OneStep(second).UseReference(Reference(isOther)).Build();

        await RequireOneAtATimeAsync(
            () => waiting.RunAsync(), () => other.RunAsync(), "A running GrpoTrainer compares with the network of this run's reference");
    }

    [Fact]
    public async Task An_adapter_is_compared_with_its_own_base()
    {
        using Qwen2VLPolicy network = SmallQwen.Load();
        using LoraPolicy policy = SmallQwen.Adapt(network, dropout: 0);

        Assert.Equal(1, (await OneStep(policy).UseReference(policy.CreateReference()).RunAsync()).Steps);
    }

    // The first waits in a reward until it is released.
    private async Task RequireOneAtATimeAsync(
        Func<Task<TrainingReport>> first, Func<Task<TrainingReport>> other, string refusal = Refusal)
    {
        Task<TrainingReport> running = first();

        Assert.StartsWith(refusal, (await Assert.ThrowsAsync<InvalidOperationException>(other)).Message);

        _release.SetResult();
        await running;
        Assert.Equal(1, (await other()).Steps);
    }

    private async ValueTask<double?> WaitAsync(RewardContext context, CancellationToken cancellationToken)
    {
        await _release.Task;
        return 1;
    }

    private static GrpoTrainerBuilder OneStep(TinyPolicy policy) => Runs.Small(policy, options => options.MaxSteps = 1);

    private static GrpoTrainerBuilder OneStep(LoraPolicy policy) => new GrpoTrainerBuilder(policy)
        .UsePrompts(SmallQwen.Prompts(2))
        .AddReward("even", context => context.Completion.TokenIds.Sum() % 2)
        .Configure(options => (options.MaxSteps, options.MaxNewTokens) = (1, 3));
}
