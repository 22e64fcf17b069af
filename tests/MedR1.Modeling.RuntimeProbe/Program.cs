using System.Globalization;
using System.Runtime.CompilerServices;

using MedR1.Modeling;
using MedR1.Modeling.RuntimeProbe;

using TorchSharp;

// A separate process for each way to start TorchSharp, because a process can start it only once.
//   explicit [libtorch folder] [binding library]   TorchRuntime.Initialize first ("-" omits an argument)
//   hook                                           TorchSharp first, with MedR1.Modeling in use
//   late                                           TorchSharp first and alone, then TorchRuntime.Initialize
//   passive                                        the program sets how threads wait, then TorchRuntime.Initialize
//   load <folder> <type>                           loads a checkpoint, prints peak memory / weights
//   quantize <folder>                              the same for one that is loaded in 8 bits
// Exit code 0: it computes, the report is printed; 3: a TorchRuntimeException, its message is printed.
try
{
    switch (args[0])
    {
        case "explicit":
            Explicit.Start(args.ElementAtOrDefault(1), args.ElementAtOrDefault(2));
            break;
        case "hook":
            Explicit.UseModeling();
            break;
        case "late":
            Late.TouchTorchSharp();
            Explicit.Start(null, null);
            break;
        case "passive":
            Environment.SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE");
            Explicit.Start(null, null);
            break;
        case "load":
            Memory.Load(args[1], Enum.Parse<torch.ScalarType>(args[2]));
            return 0;
        case "quantize":
            Memory.Quantize(args[1]);
            return 0;
        default:
            Console.Error.WriteLine($"Unknown mode '{args[0]}'.");
            return 2;
    }

    Console.WriteLine($"sum: {Late.TouchTorchSharp()}");
    Explicit.PrintReport();
    return 0;
}
catch (Exception exception) when (Explicit.Story(exception) is not null)
{
    Console.WriteLine(Explicit.Story(exception));
    return 3;
}

namespace MedR1.Modeling.RuntimeProbe
{
    /// <summary>Everything that uses MedR1.Modeling; methods are not compiled before they are called.</summary>
    internal static class Explicit
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Start(string? folder, string? binding) =>
            TorchRuntime.Initialize(new TorchRuntimeOptions
            {
                LibtorchFolder = folder == "-" ? null : folder,
                BindingLibrary = binding == "-" ? null : binding,
            });

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void UseModeling() =>
            RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void PrintReport() => Console.WriteLine(TorchRuntime.Initialize());

        /// <summary>The message of the exception thrown by TorchRuntime, if any.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static string? Story(Exception? exception)
        {
            while (exception is not null and not TorchRuntimeException)
            {
                exception = exception.InnerException;
            }

            return exception?.Message;
        }
    }

    /// <summary>Measures the memory of loading.</summary>
    internal static class Memory
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Load(string folder, torch.ScalarType type) => Measure(
            folder, (reader, name) => reader.LoadTensor(name, type));

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Quantize(string folder) => Measure(folder, (reader, name) =>
        {
            IReadOnlyList<long> shape = reader.Entries[name].Shape;
            Projection layer = new(shape[1], shape[0], false, torch.CPU, torch.ScalarType.BFloat16, isQuantized: true);
            layer.Quantized!.Load(reader, name);
            return layer.Weight;
        });

        private static void Measure(string folder, Func<CheckpointReader, string, torch.Tensor> load)
        {
            TorchRuntime.Initialize();
            using CheckpointReader reader = CheckpointReader.Open(folder);

            // One-time memory, such as pages of libtorch and compiled code, does not belong to the weights: the first tensor is
            // loaded before the measurement, and kept.
            string[] names = [.. reader.Entries.Keys];
            using torch.Tensor first = load(reader, names[0]);

            // Resets the peak to the present.
            File.WriteAllText("/proc/self/clear_refs", "5");
            long before = Kilobytes("VmRSS:");
            List<torch.Tensor> tensors = [.. names.Skip(1).Select(name => load(reader, name))];
            long peak = Kilobytes("VmHWM:") - before;
            long weights = tensors.Sum(tensor => tensor.numel() * tensor.element_size()) / 1024;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak share: {(double)peak / weights}"));
        }

        private static long Kilobytes(string field) => long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
    }

    /// <summary>Everything that uses TorchSharp.</summary>
    internal static class Late
    {
        /// <summary>Adds six ones; -1 if TorchSharp cannot start and MedR1.Modeling is not there to say why.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static float TouchTorchSharp()
        {
            try
            {
                using torch.Tensor ones = torch.ones(2, 3);
                using torch.Tensor sum = ones.sum();
                return sum.item<float>();
            }
            catch (TypeInitializationException exception) when (exception.InnerException is NotSupportedException)
            {
                return -1;
            }
        }
    }
}
