using System.CommandLine;
using MedR1.Benchmarks.Devices;
using MedR1.Modeling;
using TorchSharp;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands that measure on a device; their help says what each number means.</summary>
internal static class DeviceCommands
{
    public static Command Rollout()
    {
        Option<DirectoryInfo> folder = CommonArguments.CheckpointOption("The folder of the checkpoint.");
        Option<string> device = CommonArguments.Device("cuda");
        Option<int[]> samples = Numbers("--samples", "Group sizes for one prompt, in ascending order.", 8, 16, 32, 64);
        Option<int> tokens = CommonArguments.Number("--tokens", "Tokens of each completion.", 64);
        Option<int> prompts = CommonArguments.Number(
            "--prompts", "Prompts of one more call, with 8 completions each; 1 for none.", 1);
        Option<int> plain = CommonArguments.Number(
            "--plain", "Prompts of one more call, with one completion each and nothing shared; 0 for none.", 0);
        Option<int> rank = CommonArguments.Number(
            "--rank", "Samples the groups of one prompt again with an adapter of that rank on all linear layers; 0 for none.", 0);
        Option<bool> profile = new("--profile") { Description = "Splits a step of the largest group between host and device." };
        Option<int> repeats = CommonArguments.Number(
            "--repeats", "Samples the largest group this many more times and shows the memory in use after each doubling.", 0);
        Command command = new(
            "rollout-device",
            """
            Samples groups of completions about an image of 384 x 384 (196 image tokens) and a short text, in bf16.
            first token: until all completions have their first: image on the host, tower, prompt. step: until the host
            has one more token of each completion, median of all and mean without the first four. tokens/s: of the whole
            call. floor / step: the time in which the device would read the decoder's weights and the head once, at the
            speed of a copy measured in this process, as a share of the median step. memory in use: of the whole device
            after that call; a process keeps memory that it has used. The first call is a warm-up that isn't counted.
            --profile samples the largest group twice more: how long the host takes to submit the operators of a step of
            the model; how much later the device is done (if steps are recorded, that is what it needs without a gap; if
            almost nothing, the host is the limit); and the time of all products with the decoder's matrices in a row.
            """)
        {
            folder, device, samples, tokens, prompts, plain, rank, profile, repeats,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            DeviceRollout.Plan plan = new(
                result.GetValue(samples)!, result.GetValue(tokens), result.GetValue(prompts), result.GetValue(plain),
                result.GetValue(rank), result.GetValue(profile), result.GetValue(repeats));
            return DeviceRollout.RunAsync(
                result.GetValue(folder)!.FullName, torch.device(result.GetValue(device)!), plan, Console.Out,
                cancellationToken);
        });
        return command;
    }

    public static Command Update()
    {
        Option<DirectoryInfo> folder = CommonArguments.CheckpointOption("The folder of the checkpoint.");
        Option<string> device = CommonArguments.Device("cuda");
        Option<int> rows = CommonArguments.Number("--rows", "Completions of the group.", 8);
        Option<int[]> tokens = Numbers("--tokens", "Lengths of completions, in ascending order.", 64, 256);
        Option<int> rank = CommonArguments.Number("--rank", "Rank of the adapter.", 16);
        Option<int> times = CommonArguments.Number("--times", "Updates of each form after its warm-up.", 3);
        Option<bool> whole = new("--whole") { Description = "Trains all weights, without an adapter." };
        Option<bool> recompute = new("--recompute") { Description = "Recompute layers in the backward pass." };
        Option<bool> plain = new("--plain")
        {
            Description = "Also measures each row with its own copy of the prompt.", DefaultValueFactory = _ => true,
        };
        Command command = new(
            "update-device",
            """
            Makes GRPO updates in bf16 of a LoRA adapter on all linear layers of the decoder, or of all weights: 260 prompt
            tokens with an image of 384 x 384, prompt and image once for the group, and in the plain form with each row.
            reference: its log-probabilities, including the tower if policy and reference share it. forward, backward,
            optimizer: of the policy. Each is measured from an idle device to an idle device; the fastest update counts.
            memory in use: of the whole device after that form; a process keeps memory that it has used.
            """)
        {
            folder, device, rows, tokens, rank, times, whole, recompute, plain,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            DeviceUpdate.Plan plan = new(
                result.GetValue(rows), result.GetValue(tokens)!, result.GetValue(rank), result.GetValue(whole),
                result.GetValue(recompute), result.GetValue(plain), result.GetValue(times));
            DeviceUpdate.Run(
                result.GetValue(folder)!.FullName, torch.device(result.GetValue(device)!), plan, Console.Out,
                cancellationToken);
            return Task.CompletedTask;
        });
        return command;
    }

    private static Option<int[]> Numbers(string name, string description, params int[] standard) => new(name)
    {
        Description = description, DefaultValueFactory = _ => standard, AllowMultipleArgumentsPerToken = true,
    };
}
